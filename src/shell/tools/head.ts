import { defineTool, flag, value } from '../command.ts'
import { takeBytes } from '../text/bytes.ts'
import { curly, quoteName } from '../text/quotes.ts'
import { size } from '../text/size.ts'

export const head = defineTool({
  name: 'head',
  summary:
    'Print the first 10 lines of each FILE to standard output.\nWith more than one FILE, precede each with a header giving the file name.\n\nWith no FILE, or when FILE is -, read standard input.',
  usage: '[OPTION]... [FILE]...',
  options: {
    bytes: value('c', 'bytes', '[-]NUM', 'print the first NUM bytes of each file'),
    lines: value('n', 'lines', '[-]NUM', 'print the first NUM lines instead of the first 10'),
    quiet: flag('q', 'quiet', 'never print headers giving file names'),
    verbose: flag('v', 'verbose', 'always print headers giving file names'),
    zero: flag('z', 'zero-terminated', 'line delimiter is NUL, not newline'),
  },
  legacy: (argv) => (/^-\d+$/.test(argv[0] ?? '') ? ['-n', argv[0].slice(1), ...argv.slice(1)] : argv),
  *run(t) {
    const o = t.opts
    const spec = o.bytes ?? o.lines ?? '10'
    const count = size(spec.replace(/^[-+]/, ''))
    if (count === undefined)
      return t.fail(`invalid number of ${o.bytes !== undefined ? 'bytes' : 'lines'}: ${curly(spec)}`)
    const fromEnd = spec.startsWith('-')
    const separator = o.zero ? '\0' : '\n'
    const headers = o.verbose > 0 || (t.args.length > 1 && !o.quiet)
    let first = true
    for (const name of t.args.length > 0 ? t.args : ['-']) {
      if (t.p.fs.find(name, t.p.cwd)?.kind === 'dir') {
        t.complain(`error reading ${quoteName(name)}: Is a directory`)
        continue
      }
      const source = openQuoted(t, name)
      if (!source) continue
      if (headers) t.write(`${first ? '' : '\n'}==> ${name === '-' ? 'standard input' : name} <==\n`)
      first = false
      if (fromEnd) {
        const text = yield* t.all(source)
        if (o.bytes !== undefined) t.write(takeBytes(text, 0, -count))
        else {
          const lines = text.split(separator)
          const last = lines.pop()
          const whole = lines.map((l) => l + separator)
          if (last) whole.push(last)
          t.write(whole.slice(0, Math.max(0, whole.length - count)).join(''))
        }
      } else if (o.bytes !== undefined) {
        let left = count
        while (left > 0) {
          const chunk = yield* t.chunk(source)
          if (chunk === null) break
          const part = takeBytes(chunk, 0, left)
          t.write(part)
          left -= utf8Length(part)
          if (part.length < chunk.length) source.unread(chunk.slice(part.length))
        }
      } else if (count > 0) {
        let left = count
        yield* t.lines(
          source,
          (line, ended) => {
            t.write(ended ? line + separator : line)
            return --left > 0
          },
          separator,
        )
      }
      yield* t.flush()
    }
    return 0
  },
})

import { utf8Length } from '../../kernel/index.ts'
import { openQuoted } from '../io/open-quoted.ts'
