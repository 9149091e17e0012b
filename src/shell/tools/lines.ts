import { defineTool, flag, list, value } from '../command.ts'
import { UsageError } from '../options.ts'
import { curly } from '../text/quotes.ts'

export const nl = defineTool({
  name: 'nl',
  summary:
    'Write each FILE to standard output, with line numbers added.\n\nWith no FILE, or when FILE is -, read standard input.',
  usage: '[OPTION]... [FILE]...',
  options: {
    body: value('b', 'body-numbering', 'STYLE', 'use STYLE for numbering body lines'),
    increment: value('i', 'line-increment', 'NUMBER', 'line number increment at each line'),
    format: value('n', 'number-format', 'FORMAT', 'insert line numbers according to FORMAT'),
    separator: value('s', 'number-separator', 'STRING', 'add STRING after (possible) line number'),
    start: value('v', 'starting-line-number', 'NUMBER', 'first line number for each section'),
    width: value('w', 'number-width', 'NUMBER', 'use NUMBER columns for line numbers'),
  },
  *run(t) {
    const o = t.opts
    const width = Number(o.width ?? 6)
    const separator = o.separator ?? '\t'
    let n = Number(o.start ?? 1)
    for (const { source } of t.inputs())
      yield* t.lines(source, (line) => {
        if (line === '' && o.body !== 'a') {
          t.line(' '.repeat(width + separator.length))
          return
        }
        const digits = String(n)
        t.line(
          (o.format === 'ln' ? digits.padEnd(width) : digits.padStart(width, o.format === 'rz' ? '0' : ' ')) +
            separator +
            line,
        )
        n += Number(o.increment ?? 1)
      })
    return 0
  },
})

export const fold = defineTool({
  name: 'fold',
  summary: 'Wrap input lines in each FILE, writing to standard output.',
  usage: '[OPTION]... [FILE]...',
  options: {
    bytes: flag('b', 'bytes', 'count bytes rather than columns'),
    spaces: flag('s', 'spaces', 'break at spaces'),
    width: value('w', 'width', 'WIDTH', 'use WIDTH columns instead of 80'),
  },
  legacy: (argv) => argv.map((a) => (/^-\d+$/.test(a) ? `-w${a.slice(1)}` : a)),
  *run(t) {
    const width = Number(t.opts.width ?? 80)
    if (!Number.isInteger(width) || width < 1) return t.fail(`invalid number of columns: ${curly(t.opts.width ?? '')}`)
    for (const { source } of t.inputs())
      yield* t.lines(source, (line, ended) => {
        let rest = line
        while (rest.length > width) {
          const at = t.opts.spaces ? rest.lastIndexOf(' ', width - 1) : -1
          const cut = at >= 0 ? at + 1 : width
          t.line(rest.slice(0, cut))
          rest = rest.slice(cut)
        }
        t.write(ended ? `${rest}\n` : rest)
      })
    return 0
  },
})

export const expand = defineTool({
  name: 'expand',
  summary: 'Convert tabs in each FILE to spaces, writing to standard output.',
  usage: '[OPTION]... [FILE]...',
  options: {
    initial: flag('i', 'initial', 'do not convert tabs after non blanks'),
    tabs: value('t', 'tabs', 'N', 'have tabs N characters apart, not 8'),
  },
  *run(t) {
    const tab = Number(t.opts.tabs ?? 8)
    for (const { source } of t.inputs())
      yield* t.lines(source, (line) => {
        let out = ''
        for (const c of line) out += c === '\t' ? ' '.repeat(tab - (out.length % tab)) : c
        t.line(out)
      })
    return 0
  },
})

export const unexpand = defineTool({
  name: 'unexpand',
  summary: 'Convert blanks in each FILE to tabs, writing to standard output.',
  usage: '[OPTION]... [FILE]...',
  options: {
    all: flag('a', 'all', 'convert all blanks, instead of just initial blanks'),
    tabs: value('t', 'tabs', 'N', 'have tabs N characters apart instead of 8 (enables -a)'),
  },
  *run(t) {
    const tab = Number(t.opts.tabs ?? 8)
    for (const { source } of t.inputs())
      yield* t.lines(source, (line) =>
        t.line(line.replace(/^ +/, (s) => '\t'.repeat(Math.floor(s.length / tab)) + ' '.repeat(s.length % tab))),
      )
    return 0
  },
})

export const column = defineTool({
  name: 'column',
  summary: 'Columnate lists.',
  usage: '[options] [<file>...]',
  version: 'column from util-linux 2.39.3',
  options: {
    table: flag('t', 'table', 'create a table'),
    names: value('N', 'table-columns', '<names>', 'comma separated columns names'),
    outputSeparator: value(
      'o',
      'output-separator',
      '<string>',
      'columns separator for table output (default is two spaces)',
    ),
    separator: value('s', 'separator', '<string>', 'possible table delimiters'),
    right: value('R', 'table-right', '<columns>', 'right align text in these columns'),
    width: value('c', 'output-width', '<width>', 'width of output in number of characters'),
    rows: flag('x', 'fillrows', 'fill rows before columns'),
    keepEmpty: flag('L', 'keep-empty-lines', "don't ignore empty lines"),
  },
  *run(t) {
    const o = t.opts
    const lines: string[] = []
    for (const { source } of t.inputs())
      yield* t.lines(source, (line) => void (line.trim() !== '' || o.keepEmpty ? lines.push(line) : 0))
    if (o.table) {
      const rows = lines.map((l) =>
        o.separator === undefined
          ? l.trim().split(/[ \t]+/)
          : l.split(new RegExp(`[${o.separator.replace(/[\\\]^-]/g, '\\$&')}]`)),
      )
      if (o.names !== undefined) rows.unshift(o.names.split(','))
      const count = Math.max(0, ...rows.map((r) => r.length))
      const widths = Array.from({ length: count }, (_, c) => Math.max(...rows.map((r) => [...(r[c] ?? '')].length)))
      const right = new Set((o.right ?? '').split(',').map((c) => Number(c) - 1))
      const gap = o.outputSeparator ?? '  '
      for (const r of rows) {
        const cells = widths.map((w, c) =>
          right.has(c) ? (r[c] ?? '').padStart(w) : c === count - 1 ? (r[c] ?? '') : (r[c] ?? '').padEnd(w),
        )
        t.line(r.length < count ? cells.join(gap) : cells.join(gap))
      }
      return 0
    }
    const width = Number(o.width ?? t.p.env.COLUMNS ?? 80)
    const cell = (Math.floor(Math.max(0, ...lines.map((l) => l.length)) / 8) + 1) * 8
    const columns = Math.max(1, Math.floor(width / cell))
    const rows = Math.ceil(lines.length / columns)
    for (let r = 0; r < rows; r++) {
      let text = ''
      for (let c = 0; c < columns; c++) {
        const i = o.rows ? r * columns + c : c * rows + r
        if (i >= lines.length) continue
        const more = o.rows
          ? c < columns - 1 && i + 1 < lines.length
          : (c + 1) * rows + r < lines.length && c < columns - 1
        text += more ? lines[i] + '\t'.repeat(Math.ceil((cell - lines[i].length) / 8)) : lines[i]
      }
      t.line(text)
    }
    return 0
  },
})

export const comm = defineTool({
  name: 'comm',
  summary: 'Compare sorted files FILE1 and FILE2 line by line.',
  usage: '[OPTION]... FILE1 FILE2',
  options: {
    one: flag('1', undefined, 'suppress column 1 (lines unique to FILE1)'),
    two: flag('2', undefined, 'suppress column 2 (lines unique to FILE2)'),
    three: flag('3', undefined, 'suppress column 3 (lines that appear in both files)'),
    delimiter: value('', 'output-delimiter', 'STR', 'separate columns with STR'),
  },
  *run(t) {
    if (t.args.length < 2)
      throw new UsageError(t.args.length === 0 ? 'missing operand' : `missing operand after ${curly(t.args[0])}`)
    const lists: string[][] = []
    for (const name of t.args.slice(0, 2)) {
      const source = t.open(name)
      if (!source) return 1
      const lines: string[] = []
      yield* t.lines(source, (l) => void lines.push(l))
      lists.push(lines)
    }
    const [a, b] = lists
    const d = t.opts.delimiter ?? '\t'
    let [i, j] = [0, 0]
    // Once a line had no partner, the order of both files matters and is looked at.
    const reported = [false, false]
    let alone = false
    const inOrder = (file: 0 | 1, at: number): void => {
      const lines = lists[file]
      if (!alone || reported[file] || at < 1 || at >= lines.length || lines[at - 1] <= lines[at]) return
      reported[file] = true
      t.complain(`file ${file + 1} is not in sorted order`)
    }
    while (i < a.length || j < b.length) {
      const both = i < a.length && j < b.length && a[i] === b[j]
      if (!both) alone = true
      if (j >= b.length || (i < a.length && a[i] < b[j])) {
        if (!t.opts.one) t.line(a[i])
        inOrder(0, ++i)
      } else if (i >= a.length || b[j] < a[i]) {
        if (!t.opts.two) t.line((t.opts.one ? '' : d) + b[j])
        inOrder(1, ++j)
      } else {
        if (!t.opts.three) t.line((t.opts.one ? '' : d) + (t.opts.two ? '' : d) + a[i])
        inOrder(0, ++i)
        inOrder(1, ++j)
      }
    }
    if (reported.some(Boolean)) t.complain('input is not in sorted order')
    return 0
  },
})

export const join = defineTool({
  name: 'join',
  summary: 'For each pair of input lines with identical join fields, write a line to\nstandard output.',
  usage: '[OPTION]... FILE1 FILE2',
  options: {
    unpaired: list('a', undefined, 'FILENUM', 'also print unpairable lines from file FILENUM'),
    empty: value('e', undefined, 'STRING', 'replace missing input fields with STRING'),
    first: value('1', undefined, 'FIELD', 'join on this FIELD of file 1'),
    second: value('2', undefined, 'FIELD', 'join on this FIELD of file 2'),
    both: value('j', undefined, 'FIELD', "equivalent to '-1 FIELD -2 FIELD'"),
    tab: value('t', undefined, 'CHAR', 'use CHAR as input and output field separator'),
    only: list('v', undefined, 'FILENUM', 'like -a FILENUM, but suppress joined output lines'),
  },
  *run(t) {
    if (t.args.length < 2)
      throw new UsageError(t.args.length === 0 ? 'missing operand' : `missing operand after ${curly(t.args[0])}`)
    const o = t.opts
    const tables: string[][][] = []
    for (const name of t.args.slice(0, 2)) {
      const source = t.open(name)
      if (!source) return 1
      const rows: string[][] = []
      yield* t.lines(source, (l) => void rows.push(o.tab === undefined ? l.trim().split(/[ \t]+/) : l.split(o.tab)))
      tables.push(rows)
    }
    const [k1, k2] = [Number(o.first ?? o.both ?? 1) - 1, Number(o.second ?? o.both ?? 1) - 1]
    const gap = o.tab ?? ' '
    const rest = (r: string[], k: number): string[] => r.filter((_, i) => i !== k)
    const used = new Set<string[]>()
    for (const a of tables[0]) {
      const partners = tables[1].filter((b) => b[k2] === a[k1])
      for (const b of partners) {
        used.add(b)
        if (o.only.length === 0) t.line([a[k1], ...rest(a, k1), ...rest(b, k2)].join(gap))
      }
      if (partners.length === 0 && (o.unpaired.includes('1') || o.only.includes('1')))
        t.line([a[k1], ...rest(a, k1)].join(gap))
    }
    if (o.unpaired.includes('2') || o.only.includes('2'))
      for (const b of tables[1]) if (!used.has(b)) t.line([b[k2], ...rest(b, k2)].join(gap))
    return 0
  },
})
