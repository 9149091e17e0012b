import type { Coro } from '../../kernel/index.ts'
import { defineTool, flag, optional, type Tool, value } from '../command.ts'
import { UsageError } from '../options.ts'
import { formatDate } from '../text/date.ts'
import { normalDiff, unifiedDiff } from '../text/diff.ts'
import { sideBySide } from '../text/side-by-side.ts'
import { zoneOf } from '../text/zone.ts'

const OPTIONS = {
  unified: flag('u', undefined, 'output 3 lines of unified context'),
  unifiedN: value('U', 'unified', 'NUM', 'output NUM (default 3) lines of unified context'),
  brief: flag('q', 'brief', 'report only when files differ'),
  same: flag('s', 'report-identical-files', 'report when two files are the same'),
  recursive: flag('r', 'recursive', 'recursively compare any subdirectories found'),
  newFile: flag('N', 'new-file', 'treat absent files as empty'),
  icase: flag('i', 'ignore-case', 'ignore case differences in file contents'),
  space: flag('b', 'ignore-space-change', 'ignore changes in the amount of white space'),
  allSpace: flag('w', 'ignore-all-space', 'ignore all white space'),
  blank: flag('B', 'ignore-blank-lines', 'ignore changes where lines are all blank'),
  text: flag('a', 'text', 'treat all files as text'),
  color: optional('', 'color', 'WHEN', 'color output'),
  label: value('', 'label', 'LABEL', 'use LABEL instead of file name and timestamp'),
  side: flag('y', 'side-by-side', 'output in two columns'),
  width: value('W', 'width', 'NUM', 'output at most NUM (default 130) print columns'),
  suppressCommon: flag('', 'suppress-common-lines', 'do not output common lines'),
}

export const diff = defineTool({
  name: 'diff',
  summary: 'Compare FILES line by line.',
  usage: '[OPTION]... FILES',
  version: 'diff (GNU diffutils) 3.10',
  usageStatus: 2,
  namedHint: true,
  options: OPTIONS,
  legacy: (argv) => argv.map((a) => a.replace(/^-u(\d+)$/, '-U$1')),
  *run(t) {
    const [a, b] = t.args
    if (a === undefined || b === undefined) throw new UsageError(`missing operand after '${a ?? 'diff'}'`)
    if (t.args.length > 2) throw new UsageError(`extra operand '${t.args[2]}'`)
    const kind = (path: string): string | undefined => (path === '-' ? 'file' : t.p.fs.find(path, t.p.cwd)?.kind)
    if (kind(a) === 'dir' && kind(b) === 'dir') return yield* directories(t, a, b)
    const base = (path: string): string => path.split('/').at(-1)!
    const left = kind(a) === 'dir' ? `${a}/${base(b)}` : a
    const right = kind(b) === 'dir' ? `${b}/${base(a)}` : b
    return yield* pair(t, left, right)
  },
})

function* read(t: Tool<typeof OPTIONS>, path: string): Coro<string | undefined> {
  if (t.opts.newFile && path !== '-' && !t.p.fs.exists(path, t.p.cwd)) return ''
  const source = t.open(path)
  return source ? yield* t.all(source) : undefined
}

function* pair(t: Tool<typeof OPTIONS>, a: string, b: string, heading = ''): Coro<number> {
  const x = yield* read(t, a)
  const y = yield* read(t, b)
  if (x === undefined || y === undefined) return 2
  const o = t.opts
  const key = (line: string): string => {
    let l = line
    if (o.allSpace) l = l.replace(/\s+/g, '')
    else if (o.space) l = l.replace(/\s+/g, ' ').trimEnd()
    return o.icase ? l.toLowerCase() : l
  }
  const unified = o.unified > 0 || o.unifiedN !== undefined
  const body = unified ? unifiedDiff(x, y, { context: Number(o.unifiedN ?? 3), key }) : normalDiff(x, y, { key })
  const columns = (): string =>
    sideBySide(x, y, { key, width: Number(o.width ?? 130), changedOnly: o.suppressCommon > 0 })
  if (body === '') {
    if (o.side) t.write(heading + columns())
    if (o.same) t.line(`Files ${a} and ${b} are identical`)
    return 0
  }
  if (o.brief) {
    t.line(`Files ${a} and ${b} differ`)
    return 1
  }
  t.write(heading)
  if (o.side) {
    t.write(columns())
    return 1
  }
  let text = body
  if (unified) text = `${header(t, '---', a, 0)}${header(t, '+++', b, 1)}${body}`
  t.write(
    o.color === 'always' || (o.color !== undefined && o.color !== 'never' && t.p.stdout.isTty) ? paint(text) : text,
  )
  return 1
}

function header(t: Tool<typeof OPTIONS>, mark: string, path: string, index: number): string {
  const labels = t.parsed.order.filter(([k]) => k === 'label').map(([, v]) => v)
  if (labels[index] !== undefined) return `${mark} ${labels[index]}\n`
  const node = path === '-' ? undefined : t.p.fs.find(path, t.p.cwd)
  const ms = node?.mtime ?? (path === '-' ? t.p.now() : 0)
  const at = zoneOf(t.p).at(ms)
  return `${mark} ${path}\t${formatDate('%Y-%m-%d %H:%M:%S.%N %z', ms, at.offset)}\n`
}

const paint = (text: string): string =>
  text.replace(/^(---|\+\+\+|@@|-|\+|<|>|\d)(.*)$/gm, (line, mark: string, rest: string) =>
    mark === '---' || mark === '+++'
      ? rest === ''
        ? line
        : `\x1b[1m${line}\x1b[0m`
      : mark === '@@' || /\d/.test(mark)
        ? `\x1b[36m${line}\x1b[0m`
        : `\x1b[${mark === '-' || mark === '<' ? 31 : 32}m${line}\x1b[0m`,
  )

function* directories(t: Tool<typeof OPTIONS>, a: string, b: string): Coro<number> {
  const { fs, cwd, creds } = t.p
  const names = [...new Set([...fs.readdir(a, cwd, creds), ...fs.readdir(b, cwd, creds)].map(([n]) => n))].sort()
  let status = 0
  for (const name of names) {
    const [x, y] = [`${a.replace(/\/$/, '')}/${name}`, `${b.replace(/\/$/, '')}/${name}`]
    const [l, r] = [fs.find(x, cwd), fs.find(y, cwd)]
    if ((!l || !r) && !t.opts.newFile) {
      t.line(`Only in ${l ? a.replace(/\/$/, '') : b.replace(/\/$/, '')}: ${name}`)
      status = Math.max(status, 1)
    } else if (l?.kind === 'dir' && r?.kind === 'dir') {
      if (t.opts.recursive) status = Math.max(status, yield* directories(t, x, y))
      else t.line(`Common subdirectories: ${x} and ${y}`)
    } else {
      const flags = t.p.argv
        .slice(1)
        .filter((word) => !t.args.includes(word))
        .join(' ')
      status = Math.max(status, yield* pair(t, x, y, t.opts.brief ? '' : `diff ${flags}${flags ? ' ' : ''}${x} ${y}\n`))
    }
  }
  return status
}

export const cmp = defineTool({
  name: 'cmp',
  summary: 'Compare two files byte by byte.',
  usage: '[OPTION]... FILE1 [FILE2 [SKIP1 [SKIP2]]]',
  version: 'cmp (GNU diffutils) 3.10',
  usageStatus: 2,
  options: {
    silent: { ...flag('s', 'silent', 'suppress all normal output'), alias: 'quiet' },
    verbose: flag('l', 'verbose', 'output byte numbers and differing byte values'),
  },
  *run(t) {
    const [a, b = '-'] = t.args
    if (a === undefined) throw new UsageError("missing operand after 'cmp'")
    const [x, y] = [t.open(a), t.open(b)]
    if (!x || !y) return 2
    const left = yield* t.all(x)
    const right = yield* t.all(y)
    if (left === right) return 0
    let i = 0
    while (i < left.length && i < right.length && left[i] === right[i]) i++
    if (!t.opts.silent) {
      const line = left.slice(0, i).split('\n').length
      const shorter = i >= left.length ? a : b
      if ((i >= left.length || i >= right.length) && i === 0)
        t.p.stderr.write(`cmp: EOF on ${shorter} which is empty\n`)
      else if (i >= left.length || i >= right.length)
        t.p.stderr.write(
          `cmp: EOF on ${shorter} after byte ${i}, ${left.slice(0, i).endsWith('\n') ? 'line' : 'in line'} ${left.slice(0, i).endsWith('\n') ? line - 1 : line}\n`,
        )
      else t.line(`${a} ${b} differ: byte ${i + 1}, line ${line}`)
    }
    return 1
  },
})
