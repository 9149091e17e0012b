import { defineTool, flag, value } from '../command.ts'

export const paste = defineTool({
  name: 'paste',
  summary:
    'Write lines consisting of the sequentially corresponding lines from\neach FILE, separated by TABs, to standard output.\n\nWith no FILE, or when FILE is -, read standard input.',
  usage: '[OPTION]... [FILE]...',
  options: {
    delimiters: value('d', 'delimiters', 'LIST', 'reuse characters from LIST instead of TABs'),
    serial: flag('s', 'serial', 'paste one file at a time instead of in parallel'),
    zero: flag('z', 'zero-terminated', 'line delimiter is NUL, not newline'),
  },
  *run(t) {
    const raw = t.opts.delimiters ?? '\t'
    const list = [
      ...raw.replace(/\\([nt0\\])/g, (_m, c: string) => ({ n: '\n', t: '\t', '0': '\x01', '\\': '\\' })[c]!),
    ].map((c) => (c === '\x01' ? '' : c))
    const delimiters = list.length > 0 ? list : ['']
    const columns: string[][] = []
    const names = t.args.length > 0 ? t.args : ['-']
    const dashes = names.filter((n) => n === '-').length
    const stdin: string[] = []
    if (dashes > 0) yield* t.lines(t.p.stdin, (l) => void stdin.push(l))
    let dash = 0
    for (const name of names) {
      if (name === '-') {
        const mine = dash++
        columns.push(t.opts.serial ? (mine === 0 ? stdin : []) : stdin.filter((_, i) => i % dashes === mine))
        continue
      }
      const source = t.open(name)
      if (!source) {
        if (t.opts.serial) continue
        return 1
      }
      const lines: string[] = []
      yield* t.lines(source, (l) => void lines.push(l))
      columns.push(lines)
    }
    const join = (cells: string[]): string =>
      cells.map((c, i) => (i === 0 ? c : delimiters[(i - 1) % delimiters.length] + c)).join('')
    if (t.opts.serial) for (const lines of columns) t.line(join(lines))
    else {
      const rows = Math.max(...columns.map((c) => c.length))
      for (let r = 0; r < rows; r++) t.line(join(columns.map((c) => c[r] ?? '')))
    }
    return t.status
  },
})
