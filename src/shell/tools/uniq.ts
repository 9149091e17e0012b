import { defineTool, flag, optional, value } from '../command.ts'
import { openWrite } from '../io/files.ts'
import { UsageError } from '../options.ts'
import { curly } from '../text/quotes.ts'

export const uniq = defineTool({
  name: 'uniq',
  summary:
    'Filter adjacent matching lines from INPUT (or standard input),\nwriting to OUTPUT (or standard output).\n\nWith no options, matching lines are merged to the first occurrence.',
  usage: '[OPTION]... [INPUT [OUTPUT]]',
  options: {
    count: flag('c', 'count', 'prefix lines by the number of occurrences'),
    repeated: flag('d', 'repeated', 'only print duplicate lines, one for each group'),
    all: flag('D', undefined, 'print all duplicate lines'),
    allRepeated: optional('', 'all-repeated', 'METHOD', 'like -D, but allow separating groups with an empty line'),
    skipFields: value('f', 'skip-fields', 'N', 'avoid comparing the first N fields'),
    icase: flag('i', 'ignore-case', 'ignore differences in case when comparing'),
    skipChars: value('s', 'skip-chars', 'N', 'avoid comparing the first N characters'),
    unique: flag('u', 'unique', 'only print unique lines'),
    zero: flag('z', 'zero-terminated', 'line delimiter is NUL, not newline'),
    width: value('w', 'check-chars', 'N', 'compare no more than N characters in lines'),
  },
  *run(t) {
    const o = t.opts
    if (t.args.length > 2) throw new UsageError(`extra operand ${curly(t.args[2])}`)
    const source = t.open(t.args[0] ?? '-')
    if (!source) return 1
    const end = o.zero ? '\0' : '\n'
    const key = (line: string): string => {
      let k = line
      for (let n = Number(o.skipFields ?? 0); n > 0; n--) k = k.replace(/^[ \t]*[^ \t]*/, '')
      k = k.slice(Number(o.skipChars ?? 0))
      if (o.width !== undefined) k = k.slice(0, Number(o.width))
      return o.icase ? k.toLowerCase() : k
    }
    let group: string[] = []
    let current: string | undefined
    let out = ''
    const allRepeated = o.all > 0 || o.allRepeated !== undefined
    const flush = (): void => {
      if (group.length === 0) return
      const many = group.length > 1
      if (allRepeated) {
        if (many) out += group.map((l) => l + end).join('')
      } else if (!((o.repeated && !many) || (o.unique && many)))
        out += `${o.count ? `${String(group.length).padStart(7)} ` : ''}${group[0]}${end}`
      group = []
      if (t.args[1] === undefined) {
        t.write(out)
        out = ''
      }
    }
    yield* t.lines(
      source,
      (line) => {
        const k = key(line)
        if (k !== current) {
          flush()
          current = k
        }
        group.push(line)
      },
      end,
    )
    flush()
    if (t.args[1] !== undefined) openWrite(t.p, t.args[1]).write(out)
    return 0
  },
})
