/** More results than this are refused, as bash refuses with an out-of-memory message much later. */
const MAX_RESULTS = 100_000

/** More words than a shell of this world makes. */
export class BraceLimit extends Error {}

/** Brace expansion of a raw (still quoted) word: `a{b,c}d` → `abd acd`. A word without one comes back alone. */
export function expandBraces(word: string): string[] {
  const results: string[] = []
  expandInto(word, results)
  return results
}

function expandInto(word: string, out: string[]): void {
  const brace = findBrace(word)
  if (!brace) {
    if (out.length >= MAX_RESULTS) throw new BraceLimit()
    out.push(word)
    return
  }
  const before = word.slice(0, brace.start)
  const tails = expandBraces(word.slice(brace.end + 1))
  for (const item of brace.items)
    for (const tail of tails) {
      if (out.length >= MAX_RESULTS) throw new BraceLimit()
      out.push(before + item + tail)
    }
}

interface Brace {
  start: number
  end: number
  items: string[]
}

/** The first brace that really expands: with a comma at its own level, or a sequence. */
function findBrace(word: string): Brace | undefined {
  for (let i = 0; i < word.length; i++) {
    const skipped = skipQuoted(word, i)
    if (skipped > i) {
      i = skipped - 1
      continue
    }
    if (word[i] !== '{') continue
    const parsed = readBrace(word, i)
    if (parsed) return parsed
  }
  return undefined
}

/** Index after a quoted or substituted stretch that begins at `i`; `i` itself when there is none. */
function skipQuoted(word: string, i: number): number {
  const ch = word[i]
  if (ch === '\\') return Math.min(word.length, i + 2)
  if (ch === "'") return close(word, word.indexOf("'", i + 1))
  if (ch === '"' || ch === '`') {
    for (let j = i + 1; j < word.length; j++) {
      if (word[j] === '\\') j++
      else if (word[j] === ch) return j + 1
    }
    return word.length
  }
  if ((ch === '$' || ch === '<' || ch === '>') && (word[i + 1] === '(' || (ch === '$' && word[i + 1] === '{'))) {
    const opener = word[i + 1]
    const closer = opener === '(' ? ')' : '}'
    let depth = 0
    for (let j = i + 1; j < word.length; ) {
      const next = j > i + 1 ? skipQuoted(word, j) : j
      if (next > j) {
        j = next
        continue
      }
      if (word[j] === opener) depth++
      else if (word[j] === closer && --depth === 0) return j + 1
      j++
    }
    return word.length
  }
  return i
}

const close = (word: string, at: number): number => (at < 0 ? word.length : at + 1)

function readBrace(word: string, start: number): Brace | undefined {
  const items: string[] = []
  let from = start + 1
  for (let i = start + 1; i < word.length; ) {
    const skipped = skipQuoted(word, i)
    if (skipped > i) {
      i = skipped
      continue
    }
    const ch = word[i]
    if (ch === '{') {
      const end = matching(word, i)
      i = end < 0 ? i + 1 : end + 1
      continue
    }
    if (ch === ',') {
      items.push(word.slice(from, i))
      from = i + 1
    } else if (ch === '}') {
      const last = word.slice(from, i)
      if (items.length > 0) {
        items.push(last)
        return { start, end: i, items: items.flatMap((item) => expandBraces(item)) }
      }
      const sequence = sequenceOf(last)
      if (sequence) return { start, end: i, items: sequence }
      return undefined
    }
    i++
  }
  return undefined
}

function matching(word: string, start: number): number {
  let depth = 0
  for (let i = start; i < word.length; ) {
    const skipped = skipQuoted(word, i)
    if (skipped > i) {
      i = skipped
      continue
    }
    if (word[i] === '{') depth++
    else if (word[i] === '}' && --depth === 0) return i
    i++
  }
  return -1
}

function sequenceOf(body: string): string[] | undefined {
  const numeric = /^([+-]?\d+)\.\.([+-]?\d+)(?:\.\.([+-]?\d+))?$/.exec(body)
  if (numeric) {
    const [a, b] = [Number(numeric[1]), Number(numeric[2])]
    const step = Math.abs(Number(numeric[3] ?? 1)) || 1
    const padded = [numeric[1], numeric[2]].some((t) => /^[+-]?0\d/.test(t))
    const width = padded ? Math.max(numeric[1].length, numeric[2].length) : 0
    if (Math.abs(b - a) / step > MAX_RESULTS) throw new BraceLimit()
    return range(a, b, step).map((n) => {
      const digits = String(Math.abs(n))
      const sign = n < 0 ? '-' : ''
      return sign + digits.padStart(width - sign.length, '0')
    })
  }
  const letters = /^([a-zA-Z])\.\.([a-zA-Z])(?:\.\.([+-]?\d+))?$/.exec(body)
  if (!letters) return undefined
  const step = Math.abs(Number(letters[3] ?? 1)) || 1
  return range(letters[1].charCodeAt(0), letters[2].charCodeAt(0), step).map((n) =>
    String.fromCharCode(n).replace('\\', '\\\\'),
  )
}

function range(a: number, b: number, step: number): number[] {
  const out: number[] = []
  if (a <= b) for (let n = a; n <= b; n += step) out.push(n)
  else for (let n = a; n >= b; n -= step) out.push(n)
  return out
}
