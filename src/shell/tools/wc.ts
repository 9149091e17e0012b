import { utf8Length } from '../../kernel/index.ts'
import { defineTool, flag, value } from '../command.ts'
import { regularInput } from '../io/files.ts'

export const wc = defineTool({
  name: 'wc',
  summary:
    'Print newline, word, and byte counts for each FILE, and a total line if\nmore than one FILE is specified.  A word is a non-zero-length sequence of\nprintable characters delimited by white space.\n\nWith no FILE, or when FILE is -, read standard input.',
  usage: '[OPTION]... [FILE]...\n[OPTION]... --files0-from=F',
  options: {
    bytes: flag('c', 'bytes', 'print the byte counts'),
    chars: flag('m', 'chars', 'print the character counts'),
    lines: flag('l', 'lines', 'print the newline counts'),
    longest: flag('L', 'max-line-length', 'print the maximum display width'),
    words: flag('w', 'words', 'print the word counts'),
    total: value('', 'total', 'WHEN', 'when to print a line with total counts; WHEN can be: auto, always, only, never'),
  },
  *run(t) {
    const o = t.opts
    const none = !(o.bytes || o.chars || o.lines || o.words || o.longest)
    const shown = {
      lines: none || o.lines > 0,
      words: none || o.words > 0,
      chars: o.chars > 0,
      bytes: none || o.bytes > 0,
      longest: o.longest > 0,
    }
    type Row = { lines: number; words: number; chars: number; bytes: number; longest: number; name: string | undefined }
    const rows: Row[] = []
    for (const name of t.args.length > 0 ? t.args : ['-']) {
      const row: Row = {
        lines: 0,
        words: 0,
        chars: 0,
        bytes: 0,
        longest: 0,
        name: t.args.length > 0 ? name : undefined,
      }
      if (t.p.fs.find(name, t.p.cwd)?.kind === 'dir') {
        t.complain(`${name}: Is a directory`)
        rows.push(row)
        continue
      }
      const source = t.open(name)
      if (!source) continue
      let inWord = false
      let width = 0
      for (let text = yield* t.chunk(source); text !== null; text = yield* t.chunk(source)) {
        row.bytes += utf8Length(text)
        for (const c of text) {
          row.chars++
          if (c === '\n') {
            row.lines++
            row.longest = Math.max(row.longest, width)
            width = 0
          } else width += c === '\t' ? 8 - (width % 8) : c >= ' ' ? 1 : 0
          const space = c === ' ' || (c >= '\t' && c <= '\r')
          if (space) inWord = false
          else if (!inWord) {
            inWord = true
            row.words++
          }
        }
      }
      row.longest = Math.max(row.longest, width)
      rows.push(row)
    }
    if ((rows.length > 1 || t.args.length > 1) && o.total !== 'never') {
      const sum = (k: 'lines' | 'words' | 'chars' | 'bytes'): number => rows.reduce((n, r) => n + r[k], 0)
      rows.push({
        lines: sum('lines'),
        words: sum('words'),
        chars: sum('chars'),
        bytes: sum('bytes'),
        longest: Math.max(...rows.map((r) => r.longest)),
        name: 'total',
      })
    }
    const fields = (['lines', 'words', 'chars', 'bytes', 'longest'] as const).filter((k) => shown[k])
    // The width comes from the total size; unknown sizes (pipes) make it 7.
    const piped =
      (t.args.length === 0 && !regularInput(t.p)) ||
      t.args.some((a) => a === '-' || t.p.fs.find(a, t.p.cwd)?.kind === 'dir')
    const width =
      fields.length === 1 && rows.length === 1
        ? 1
        : t.applet
          ? 9
          : piped
            ? 7
            : String(rows.filter((r) => r.name !== 'total').reduce((n, r) => n + r.bytes, 0)).length
    for (const row of rows) {
      const text = fields.map((k) => String(row[k]).padStart(width)).join(' ')
      t.line(row.name === undefined ? text : `${text} ${row.name}`)
    }
    return 0
  },
})
