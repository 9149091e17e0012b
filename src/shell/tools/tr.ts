import { defineTool, flag } from '../command.ts'
import { UsageError } from '../options.ts'
import { curly } from '../text/quotes.ts'

const CLASSES: Record<string, (c: number) => boolean> = {
  alpha: (c) => (c >= 65 && c <= 90) || (c >= 97 && c <= 122),
  digit: (c) => c >= 48 && c <= 57,
  alnum: (c) => CLASSES.alpha(c) || CLASSES.digit(c),
  upper: (c) => c >= 65 && c <= 90,
  lower: (c) => c >= 97 && c <= 122,
  space: (c) => c === 32 || (c >= 9 && c <= 13),
  blank: (c) => c === 32 || c === 9,
  punct: (c) => c > 32 && c < 127 && !CLASSES.alnum(c),
  print: (c) => c >= 32 && c < 127,
  graph: (c) => c > 32 && c < 127,
  cntrl: (c) => c < 32 || c === 127,
  xdigit: (c) => CLASSES.digit(c) || (c >= 65 && c <= 70) || (c >= 97 && c <= 102),
}

const ESCAPES: Record<string, string> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\' }

/** Expands a SET operand into its characters. `fill` is the length that a `[c*]` of the second set pads to. */
function expand(set: string, fail: (message: string) => never, fill = 0): string[] {
  const out: string[] = []
  const tokens: { c: string; escaped: boolean }[] = []
  for (let i = 0; i < set.length; i++) {
    if (set[i] === '\\' && i + 1 < set.length) {
      const octal = /^[0-7]{1,3}/.exec(set.slice(i + 1))
      if (octal) {
        tokens.push({ c: String.fromCharCode(Number.parseInt(octal[0], 8)), escaped: true })
        i += octal[0].length
      } else {
        i++
        tokens.push({ c: ESCAPES[set[i]] ?? set[i], escaped: true })
      }
    } else {
      const c = String.fromCodePoint(set.codePointAt(i)!)
      tokens.push({ c, escaped: false })
      i += c.length - 1
    }
  }
  const plain = tokens.map((t) => (t.escaped ? '\0' : t.c)).join('')
  for (let i = 0; i < tokens.length; i++) {
    const rest = plain.slice(i)
    const cls = /^\[:(\w+):\]/.exec(rest)
    if (cls) {
      const test = CLASSES[cls[1]]
      if (!test) fail(`invalid character class ${curly(cls[1])}`)
      for (let c = 0; c < 128; c++) if (test(c)) out.push(String.fromCharCode(c))
      i += cls[0].length - 1
      continue
    }
    const repeat = /^\[(.)\*(\d*)\]/su.exec(rest)
    if (repeat) {
      const n =
        repeat[2] === '' || repeat[2] === '0'
          ? Math.max(0, fill - out.length)
          : Number.parseInt(repeat[2], repeat[2].startsWith('0') ? 8 : 10)
      for (let k = 0; k < n; k++) out.push(tokens[i + 1].c)
      i += repeat[0].length - 1
      continue
    }
    if (tokens[i + 1]?.c === '-' && !tokens[i + 1].escaped && tokens[i + 2]) {
      const from = tokens[i].c.codePointAt(0)!
      const to = tokens[i + 2].c.codePointAt(0)!
      if (to < from)
        fail(`range-endpoints of '${tokens[i].c}-${tokens[i + 2].c}' are in reverse collating sequence order`)
      for (let c = from; c <= to; c++) out.push(String.fromCodePoint(c))
      i += 2
      continue
    }
    out.push(tokens[i].c)
  }
  return out
}

export const tr = defineTool({
  name: 'tr',
  summary:
    'Translate, squeeze, and/or delete characters from standard input,\nwriting to standard output.  STRING1 and STRING2 specify arrays of\ncharacters ARRAY1 and ARRAY2 that control the action.',
  usage: '[OPTION]... STRING1 [STRING2]',
  ordered: true,
  options: {
    complement: flag('cC', 'complement', 'use the complement of ARRAY1'),
    delete: flag('d', 'delete', 'delete characters in ARRAY1, do not translate'),
    squeeze: flag('s', 'squeeze-repeats', 'replace each sequence of a repeated character with a single occurrence'),
    truncate: flag('t', 'truncate-set1', 'first truncate ARRAY1 to length of ARRAY2'),
  },
  *run(t) {
    const o = t.opts
    const [one, two] = t.args
    if (one === undefined) throw new UsageError('missing operand')
    const needsTwo = !o.delete && !o.squeeze
    if (two === undefined && (needsTwo || (o.delete && o.squeeze)))
      throw new UsageError(
        `missing operand after ${curly(one)}\n${o.delete ? 'Two strings must be given when both deleting and squeezing repeats.' : 'Two strings must be given when translating.'}`,
      )
    if (two !== undefined && o.delete && !o.squeeze)
      throw new UsageError(
        `extra operand ${curly(two)}\nOnly one string may be given when deleting without squeezing repeats.`,
      )
    if (t.args.length > 2) throw new UsageError(`extra operand ${curly(t.args[2])}`)
    const fail = (message: string): never => t.fail(message)
    const first = expand(one, fail)
    const set = new Set(first)
    const inFirst = (c: string): boolean => set.has(c) !== o.complement > 0
    const second = two === undefined ? [] : expand(two, fail, first.length)
    const translating = two !== undefined && !o.delete
    if (translating && second.length === 0 && !o.truncate)
      return t.fail('when not truncating set1, string2 must be non-empty')
    const map = new Map<string, string>()
    if (translating && !o.complement)
      first.forEach((c, i) => {
        if (i < second.length) map.set(c, second[i])
        else if (!o.truncate) map.set(c, second[second.length - 1])
      })
    const last = second[second.length - 1]
    const squeezeSet = o.squeeze ? (two !== undefined ? new Set(second) : undefined) : undefined
    let previous = ''
    for (let text = yield* t.chunk(t.p.stdin); text !== null; text = yield* t.chunk(t.p.stdin)) {
      let out = ''
      for (const ch of text) {
        let c = ch
        if (o.delete && inFirst(c)) continue
        if (translating) c = o.complement ? (set.has(c) ? c : last) : (map.get(c) ?? c)
        if (o.squeeze && c === previous && (squeezeSet ? squeezeSet.has(c) : inFirst(c))) continue
        previous = c
        out += c
      }
      t.write(out)
      yield* t.flush()
    }
    return 0
  },
})
