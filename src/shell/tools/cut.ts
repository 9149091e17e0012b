import { bytesToText, textToBytes } from '../../kernel/index.ts'
import { defineTool, flag, type Tool, value } from '../command.ts'
import { UsageError } from '../options.ts'

type Range = readonly [number, number]

/** `1,3-5,7-`: sorted, merged ranges, 1-based. */
function ranges(t: Tool, text: string, what: string): Range[] {
  const out: [number, number][] = []
  for (const part of text.split(/[, ]/)) {
    const m = /^(\d*)(-?)(\d*)$/.exec(part)
    if (!m || (m[1] === '' && m[3] === '')) {
      if (part === '-') throw new UsageError('invalid range with no endpoint: -')
      if (part === '')
        throw new UsageError(
          what === 'field' ? 'fields are numbered from 1' : 'byte/character positions are numbered from 1',
        )
      throw new UsageError(
        what === 'field' ? `invalid field value ‘${part}’` : `invalid byte/character position ‘${part}’`,
      )
    }
    const from = m[1] === '' ? 1 : Number(m[1])
    const to = m[2] === '' ? from : m[3] === '' ? Number.POSITIVE_INFINITY : Number(m[3])
    if (from === 0 || to === 0)
      throw new UsageError(
        what === 'field' ? 'fields are numbered from 1' : 'byte/character positions are numbered from 1',
      )
    if (to < from) throw new UsageError('invalid decreasing range')
    out.push([from, to])
  }
  void t
  return out.sort((a, b) => a[0] - b[0])
}

export const cut = defineTool({
  name: 'cut',
  summary:
    'Print selected parts of lines from each FILE to standard output.\n\nWith no FILE, or when FILE is -, read standard input.',
  usage: 'OPTION... [FILE]...',
  options: {
    bytes: value('b', 'bytes', 'LIST', 'select only these bytes'),
    characters: value('c', 'characters', 'LIST', 'select only these characters'),
    delimiter: value('d', 'delimiter', 'DELIM', 'use DELIM instead of TAB for field delimiter'),
    fields: value('f', 'fields', 'LIST', 'select only these fields'),
    n: flag('n', undefined, '(ignored)'),
    complement: flag('', 'complement', 'complement the set of selected bytes, characters or fields'),
    only: flag('s', 'only-delimited', 'do not print lines not containing delimiters'),
    output: value('', 'output-delimiter', 'STRING', 'use STRING as the output delimiter'),
    zero: flag('z', 'zero-terminated', 'line delimiter is NUL, not newline'),
  },
  *run(t) {
    const o = t.opts
    const given = [o.bytes, o.characters, o.fields].filter((v) => v !== undefined)
    if (given.length === 0) throw new UsageError('you must specify a list of bytes, characters, or fields')
    if (given.length > 1) throw new UsageError('only one list may be specified')
    if (o.delimiter !== undefined && o.fields === undefined)
      throw new UsageError('an input delimiter may be specified only when operating on fields')
    if (o.delimiter !== undefined && [...o.delimiter].length > 1)
      throw new UsageError('the delimiter must be a single character')
    const list = ranges(t as Tool, given[0], o.fields !== undefined ? 'field' : 'byte')
    const chosen = (i: number): boolean => list.some(([a, b]) => i >= a && i <= b) !== o.complement > 0
    const delimiter = o.delimiter === undefined ? '\t' : o.delimiter === '' ? '\0' : o.delimiter
    const end = o.zero ? '\0' : '\n'
    for (const { source } of t.inputs()) {
      yield* t.lines(
        source,
        (line) => {
          if (o.fields !== undefined) {
            if (!line.includes(delimiter)) {
              if (!o.only) t.write(line + end)
              return
            }
            t.write(
              line
                .split(delimiter)
                .filter((_, i) => chosen(i + 1))
                .join(o.output ?? delimiter) + end,
            )
          } else {
            // Like coreutils, -c counts bytes.
            const bytes = textToBytes(line)
            const parts: string[] = []
            let run: number[] = []
            for (let i = 0; i <= bytes.length; i++) {
              const starts = o.output !== undefined && list.some(([a]) => a === i + 1)
              if (i < bytes.length && chosen(i + 1)) {
                if (starts && run.length > 0) parts.push(bytesToText(Uint8Array.from(run.splice(0))))
                run.push(bytes[i])
              } else if (run.length > 0) parts.push(bytesToText(Uint8Array.from(run.splice(0))))
              run = run.length > 0 ? run : []
            }
            t.write(parts.join(o.output ?? '') + end)
          }
        },
        end,
      )
    }
    return 0
  },
})
