import { bracket, literal, RegexError } from '../../text/regex.ts'

interface PatternOptions {
  /** `?(…) *(…) +(…) @(…) !(…)`. */
  readonly extglob?: boolean
  readonly icase?: boolean
  /** In file names `*` and `?` do not match a slash. */
  readonly path?: boolean
  /** `.*?` instead of `.*`: the shortest prefix. */
  readonly lazy?: boolean
}

/** Longer patterns are refused: their regular expressions would only cost time. */
const MAX_PATTERN = 65536

/** Backslash-escapes everything that a pattern would interpret: how quoted text enters a pattern. */
export const quotePattern = (text: string): string => text.replace(/[\\*?[\]()|!+@^&-]/g, '\\$&')

/** True when pathname expansion has anything to do. */
export const hasGlob = (pattern: string): boolean => /(^|[^\\])(\\\\)*([*?[]|[@!+]\()/.test(pattern)

/** Removes the escapes of `quotePattern`. */
export const unquotePattern = (pattern: string): string => pattern.replace(/\\([\s\S])/g, '$1')

/** Shell pattern to regular-expression source, without anchors. */
export function patternSource(pattern: string, options: PatternOptions = {}): string {
  const any = options.path ? '[^/]' : '[^]'
  const star = `${any}*${options.lazy ? '?' : ''}`
  const convert = (from: number, end: string): { source: string; at: number } => {
    let out = ''
    let i = from
    while (i < pattern.length) {
      const ch = String.fromCodePoint(pattern.codePointAt(i)!)
      if (end !== '' && (ch === ')' || ch === '|')) return { source: out, at: i }
      const group = options.extglob && pattern[i + 1] === '(' ? '?*+@!'.indexOf(ch) : -1
      if (group >= 0) {
        const parts: string[] = []
        let at = i + 1
        do {
          const part = convert(at + 1, ')')
          parts.push(part.source)
          at = part.at
        } while (pattern[at] === '|')
        if (pattern[at] === ')') {
          const body = parts.join('|')
          if (ch === '!') {
            const rest = convert(at + 1, end)
            // Not one of the alternatives before what follows.
            out += `(?!(?:${body})${rest.source}${end === '' ? '$' : ''})${star}${rest.source}`
            return { source: out, at: rest.at }
          }
          out += ch === '@' ? `(?:${body})` : `(?:${body})${ch}`
          i = at + 1
          continue
        }
      }
      if (ch === '\\') {
        const next = pattern.codePointAt(i + 1)
        if (next === undefined) {
          out += '\\\\'
          i++
        } else {
          const c = String.fromCodePoint(next)
          out += literal(c)
          i += 1 + c.length
        }
      } else if (ch === '*') {
        while (pattern[i + 1] === '*') i++
        out += star
        i++
      } else if (ch === '?') {
        out += any
        i++
      } else if (ch === '[') {
        let b: ReturnType<typeof bracket>
        try {
          b = bracket(pattern, i, true)
        } catch (error) {
          if (!(error instanceof RegexError)) throw error
          b = undefined
        }
        out += b ? b.source : '\\['
        i = b ? b.end : i + 1
      } else {
        out += literal(ch)
        i += ch.length
      }
    }
    return { source: out, at: i }
  }
  return convert(0, '').source
}

const cache = new Map<string, RegExp>()

/** Shell pattern to an anchored regular expression. */
export function patternRegex(pattern: string, options: PatternOptions = {}): RegExp {
  const key = `${options.extglob ? 'e' : ''}${options.icase ? 'i' : ''}${options.path ? 'p' : ''}:${pattern}`
  let regex = cache.get(key)
  if (!regex) {
    if (pattern.length > MAX_PATTERN) return /(?!)/u
    try {
      regex = new RegExp(`^(?:${patternSource(pattern, options)})$`, options.icase ? 'iu' : 'u')
    } catch {
      regex = new RegExp(`^${[...pattern].map(literal).join('')}$`, 'u')
    }
    if (cache.size > 500) cache.clear()
    cache.set(key, regex)
  }
  return regex
}

/** Does the whole text match the shell pattern? */
export const matches = (text: string, pattern: string, options: PatternOptions = {}): boolean =>
  patternRegex(pattern, options).test(text)
