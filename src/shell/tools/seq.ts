import { defineTool, flag, value } from '../command.ts'
import { UsageError } from '../options.ts'
import { formatFloat } from '../text/printf.ts'
import { curly } from '../text/quotes.ts'

export const seq = defineTool({
  name: 'seq',
  summary: 'Print numbers from FIRST to LAST, in steps of INCREMENT.',
  usage: '[OPTION]... LAST\n[OPTION]... FIRST LAST\n[OPTION]... FIRST INCREMENT LAST',
  ordered: true,
  options: {
    format: value('f', 'format', 'FORMAT', 'use printf style floating-point FORMAT'),
    separator: value('s', 'separator', 'STRING', 'use STRING to separate numbers (default: \\n)'),
    equal: flag('w', 'equal-width', 'equalize width by padding with leading zeroes'),
  },
  // Negative numbers are operands, not options.
  legacy: (argv) => {
    const at = argv.findIndex((a) => !/^-(?![\d.])/.test(a) || a === '--')
    return at >= 0 && argv[at] !== '--' && !/^-[fs]$/.test(argv[at - 1] ?? '')
      ? [...argv.slice(0, at), '--', ...argv.slice(at)]
      : argv
  },
  *run(t) {
    const o = t.opts
    if (t.args.length === 0) throw new UsageError('missing operand')
    if (t.args.length > 3) throw new UsageError(`extra operand ${curly(t.args[3])}`)
    for (const a of t.args)
      if (!/^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(a))
        throw new UsageError(`invalid floating point argument: ${curly(a)}`)
    const [first, step, last] =
      t.args.length === 1 ? ['1', '1', t.args[0]] : t.args.length === 2 ? [t.args[0], '1', t.args[1]] : t.args
    if (Number(step) === 0) throw new UsageError(`invalid Zero increment value: ${curly(step)}`)
    const decimals = Math.max(places(first), places(step))
    const scale = 10 ** decimals
    const [a, d, z] = [first, step, last].map((n) => Number(n))
    const width = o.equal
      ? Math.max(first.length, last.length, z.toFixed(decimals).length, a.toFixed(decimals).length)
      : 0
    const format =
      o.format === undefined ? undefined : /^(.*?)%([-+ #0']*)(\d*)(?:\.(\d+))?[lL]*([efgaEFGA])(.*)$/s.exec(o.format)
    if (o.format !== undefined && !format) {
      const other = /%[-+ #0']*\d*(?:\.\d+)?[lL]*([a-zA-Z])/.exec(o.format)?.[1]
      t.fail(`format ${curly(o.format)} ${other ? `has unknown %${other} directive` : 'has no % directive'}`)
    }
    const show = (n: number): string => {
      if (format) {
        const text = formatFloat(format[5], n, format[4] === undefined ? undefined : Number(format[4]), format[2])
        const w = Number(format[3] || 0)
        return format[1] + (format[2].includes('0') ? text.padStart(w, '0') : text.padStart(w)) + format[6]
      }
      const text = n.toFixed(decimals)
      if (!o.equal) return text
      return n < 0 ? `-${text.slice(1).padStart(width - 1, '0')}` : text.padStart(width, '0')
    }
    const separator = o.separator ?? '\n'
    let printed = 0
    for (let i = 0; ; i++) {
      const n = Math.round((a + i * d) * scale) / scale
      if (d > 0 ? n > z : n < z) break
      t.write((printed++ > 0 ? separator : '') + show(n))
      yield* t.flushSome()
    }
    if (printed > 0) t.write('\n')
    return 0
  },
})

const places = (text: string): number => {
  const m = /\.(\d*)(?:[eE]([-+]?\d+))?$/.exec(text)
  return m ? Math.max(0, m[1].length - Number(m[2] ?? 0)) : 0
}
