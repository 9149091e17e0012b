import { type DamageablePayload, SysError } from '../../host/index.ts'
import { bytesToText, textToBytes } from '../../kernel/index.ts'
import { defineTool, flag, list, value } from '../command.ts'
import { UsageError } from '../options.ts'
import { quoteName } from '../text/quotes.ts'
import { size } from '../text/size.ts'

const hex = (n: number, width: number): string => n.toString(16).padStart(width, '0')
const ascii = (b: number): string => (b >= 32 && b < 127 ? String.fromCharCode(b) : '.')

export const xxd = defineTool({
  name: 'xxd',
  summary: '',
  usage: '[options] [infile [outfile]]',
  options: {
    plain: flag('p'),
    reverse: flag('r'),
    columns: value('c'),
    length: value('l'),
    skip: value('s'),
    upper: flag('u'),
    bits: flag('b'),
    group: value('g'),
  },
  *run(t) {
    const source = t.open(t.args[0] ?? '-')
    if (!source) return 2
    const text = yield* t.all(source)
    if (t.opts.reverse) {
      const digits = t.opts.plain
        ? text.replace(/\s+/g, '')
        : text
            .split('\n')
            .map((l) =>
              l
                .replace(/^[0-9a-f]+:\s*/i, '')
                .split('  ')[0]
                .replace(/\s+/g, ''),
            )
            .join('')
      t.write(bytesToText(Uint8Array.from((digits.match(/[0-9a-f]{2}/gi) ?? []).map((d) => Number.parseInt(d, 16)))))
      return 0
    }
    const all = textToBytes(text)
    const from = Number(t.opts.skip ?? 0)
    const bytes = all.subarray(from, t.opts.length === undefined ? undefined : from + Number(t.opts.length))
    const columns = Number(t.opts.columns ?? (t.opts.plain ? 30 : 16))
    const show = (b: number): string => (t.opts.upper ? hex(b, 2).toUpperCase() : hex(b, 2))
    for (let i = 0; i < bytes.length; i += columns) {
      const row = [...bytes.subarray(i, i + columns)]
      if (t.opts.plain) {
        t.line(row.map(show).join(''))
        continue
      }
      let body = ''
      for (let j = 0; j < columns; j++) body += (j < row.length ? show(row[j]) : '  ') + (j % 2 === 1 ? ' ' : '')
      t.line(`${hex(from + i, 8)}: ${body} ${row.map(ascii).join('')}`)
    }
    return 0
  },
})

/** Rows of sixteen bytes with where they start; nothing stands once for all that are as the one before. */
function* rows(bytes: Uint8Array, all: boolean): Generator<[at: number, row: number[] | undefined]> {
  let previous = ''
  let folded = false
  for (let at = 0; at < bytes.length; at += 16) {
    const row = [...bytes.subarray(at, at + 16)]
    const key = row.join()
    if (!all && key === previous && row.length === 16) {
      if (!folded) yield [at, undefined]
      folded = true
      continue
    }
    previous = key
    folded = false
    yield [at, row]
  }
}

/** hexdump -C and its plain two-byte format, with repeated lines folded. */
export const hexdump = defineTool({
  name: 'hexdump',
  summary: 'Display file contents in hexadecimal, decimal, octal, or ascii.',
  usage: '[options] <file>...',
  version: 'hexdump from util-linux 2.39.3',
  options: {
    canonical: flag('C', 'canonical', 'canonical hex+ASCII display'),
    length: value('n', 'length', '<length>', 'interpret only length bytes of input'),
    verbose: flag('v', 'no-squeezing', 'output identical lines'),
    skip: value('s', 'skip', '<offset>'),
  },
  *run(t) {
    let text = ''
    for (const { source } of t.inputs()) text += yield* t.all(source)
    const start = Number(t.opts.skip ?? 0)
    const bytes = textToBytes(text).subarray(
      start,
      t.opts.length === undefined ? undefined : start + Number(t.opts.length),
    )
    const width = t.opts.canonical ? 8 : 7
    for (const [i, row] of rows(bytes, t.opts.verbose > 0)) {
      if (!row) {
        t.line('*')
        continue
      }
      if (t.opts.canonical) {
        const cells = Array.from({ length: 16 }, (_, j) => (j < row.length ? hex(row[j], 2) : '  '))
        t.line(
          `${hex(start + i, width)}  ${cells.slice(0, 8).join(' ')}  ${cells.slice(8).join(' ')}  |${row.map(ascii).join('')}|`,
        )
      } else {
        const words: string[] = []
        for (let j = 0; j < row.length; j += 2) words.push(hex(row[j] | ((row[j + 1] ?? 0) << 8), 4))
        t.line(`${hex(start + i, width)} ${words.join(' ')}`.padEnd(47))
      }
    }
    if (bytes.length > 0) t.line(hex(start + bytes.length, width))
    return 0
  },
})

export const od = defineTool({
  name: 'od',
  summary: 'Write an unambiguous representation, octal bytes by default, of FILE to standard output.',
  usage: '[OPTION]... [FILE]...',
  options: {
    radix: value('A', 'address-radix', 'RADIX'),
    types: list('t', 'format', 'TYPE'),
    c: flag('c'),
    x: flag('x'),
    b: flag('b'),
    d: flag('d'),
    count: value('N', 'read-bytes', 'BYTES'),
    verbose: flag('v', 'output-duplicates'),
    width: value('w', 'width', 'BYTES'),
  },
  *run(t) {
    let text = ''
    for (const { source } of t.inputs()) text += yield* t.all(source)
    const bytes = textToBytes(text).subarray(0, t.opts.count === undefined ? undefined : Number(t.opts.count))
    const type = t.opts.c ? 'c' : t.opts.x ? 'x2' : t.opts.b ? 'o1' : t.opts.d ? 'u2' : (t.opts.types[0] ?? 'o2')
    const names: Record<number, string> = {
      0: '\\0',
      7: '\\a',
      8: '\\b',
      9: '\\t',
      10: '\\n',
      11: '\\v',
      12: '\\f',
      13: '\\r',
    }
    const address = (n: number): string =>
      t.opts.radix === 'n'
        ? ''
        : t.opts.radix === 'x'
          ? hex(n, 6)
          : t.opts.radix === 'd'
            ? String(n).padStart(7, '0')
            : n.toString(8).padStart(7, '0')
    for (const [i, row] of rows(bytes, t.opts.verbose > 0)) {
      if (!row) {
        t.line('*')
        continue
      }
      let body = ''
      if (type === 'c' || type === 'a')
        for (const b of row)
          body += ` ${(names[b] ?? (b >= 32 && b < 127 ? String.fromCharCode(b) : b.toString(8).padStart(3, '0'))).padStart(3)}`
      else if (/^[xou]1$|^x1z?$/.test(type))
        for (const b of row)
          body +=
            type[0] === 'x'
              ? ` ${hex(b, 2)}`
              : type[0] === 'o'
                ? ` ${b.toString(8).padStart(3, '0')}`
                : ` ${String(b).padStart(3)}`
      else
        for (let j = 0; j < row.length; j += 2) {
          const w = row[j] | ((row[j + 1] ?? 0) << 8)
          body +=
            type[0] === 'x'
              ? ` ${hex(w, 4)}`
              : type[0] === 'u'
                ? ` ${String(w).padStart(5)}`
                : ` ${w.toString(8).padStart(6, '0')}`
        }
      t.line(address(i) + body)
    }
    if (t.opts.radix !== 'n') t.line(address(bytes.length))
    return 0
  },
})

export const strings = defineTool({
  name: 'strings',
  summary: 'Display printable strings in [file(s)] (stdin by default)',
  usage: '[option(s)] [file(s)]',
  options: { minimum: value('n', 'bytes', '<number>'), all: flag('a', 'all') },
  *run(t) {
    const min = Number(t.opts.minimum ?? 4)
    for (const { source } of t.inputs())
      for (const m of (yield* t.all(source)).match(/[\t -~]+/g) ?? []) if (m.length >= min) t.line(m)
    return 0
  },
})

export const truncate = defineTool({
  name: 'truncate',
  summary: 'Shrink or extend the size of each FILE to the specified size',
  usage: 'OPTION... FILE...',
  options: {
    size: value('s', 'size', 'SIZE', 'set or adjust the file size by SIZE bytes'),
    noCreate: flag('c', 'no-create', 'do not create any files'),
  },
  *run(t) {
    const spec = t.opts.size
    const n = size((spec ?? '').replace(/^[-+<>/%]/, ''))
    if (spec === undefined || n === undefined)
      return t.fail(
        spec === undefined ? 'you must specify either ‘--size’ or ‘--reference’' : `Invalid number: ‘${spec}’`,
      )
    if (t.args.length === 0) throw new UsageError('missing file operand')
    for (const path of t.args) {
      const old = t.p.fs.find(path, t.p.cwd)
      if (!old && t.opts.noCreate) continue
      const before = old?.kind === 'file' ? old.size : 0
      const next = spec.startsWith('+') ? before + n : spec.startsWith('-') ? Math.max(0, before - n) : n
      const kept = old?.kind === 'file' ? (old.payload as DamageablePayload | undefined)?.cut?.(next) : undefined
      const content = old?.kind === 'file' && kept === undefined ? old.read() : ''
      // A hole takes no memory here either: only its length is accounted.
      try {
        const made = t.p.fs.writeFile(path, content.slice(0, next), { cwd: t.p.cwd, creds: t.p.creds, size: next })
        if (kept !== undefined) made.payload = kept
      } catch (error) {
        if (!(error instanceof SysError)) throw error
        t.complain(`cannot open ${quoteName(path)} for writing: ${error.strerror}`)
      }
    }
    return 0
  },
})
