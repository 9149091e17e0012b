import { posixRegex } from '../../text/regex.ts'

/** Compiles an awk regular expression (ERE with awk's escapes). */
export function awkRegex(source: string): RegExp {
  return posixRegex(source.replace(/\\"/g, '"').replace(/\\\//g, '/'), { extended: true, flags: 'g' })
}

/** Regular expressions made from strings at run time, each compiled once; handed out ready to search from the start. */
export class RegexCache {
  private readonly compiled = new Map<string, RegExp>()

  get(source: string): RegExp {
    let regex = this.compiled.get(source)
    if (!regex) {
      regex = awkRegex(source)
      this.compiled.set(source, regex)
    }
    regex.lastIndex = 0
    return regex
  }
}

/** The pieces of a text between the matches; an empty match separates nothing. */
export function splitAt(text: string, regex: RegExp): string[] {
  const out: string[] = []
  let from = 0
  for (const m of text.matchAll(regex)) {
    if (m[0] === '') continue
    out.push(text.slice(from, m.index))
    from = m.index + m[0].length
  }
  out.push(text.slice(from))
  return out
}
