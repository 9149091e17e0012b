import type { Json } from './json.ts'
import { JqError } from './values.ts'

/** `_match(re; flags; test)`: all matches as jq's objects, or whether there is one. */
export function match(text: string, re: Json, flags: Json, test: boolean): Json {
  let source = re
  let options = flags
  if (Array.isArray(re)) {
    source = re[0]
    options = re[1] ?? null
  }
  if (typeof source !== 'string')
    throw new JqError(`${JSON.stringify(source)} (${typeof source}) cannot be matched, as it is not a string`)
  const letters = typeof options === 'string' ? options : ''
  const bad = [...letters].find((c) => !'gimnpsxl'.includes(c))
  if (bad) throw new JqError(`${letters} is not a valid modifier string`)
  let regex: RegExp
  try {
    const pattern = letters.includes('x') ? source.replace(/\s+|#.*$/gm, '') : source
    regex = new RegExp(posix(pattern), `gu${letters.includes('i') ? 'i' : ''}${/[sp]/.test(letters) ? 's' : ''}`)
  } catch {
    throw new JqError(`${source} (at offset 0) is not a valid regex: syntax error`)
  }
  if (test) return regex.test(text)
  const out: Json[] = []
  for (const m of text.matchAll(regex)) {
    const names = new Map<number, string>()
    let n = 0
    for (const group of source.matchAll(/\\.|\((?!\?)|\(\?<([A-Za-z_]\w*)>/g)) {
      if (group[0].startsWith('\\')) continue
      n++
      if (group[1]) names.set(n, group[1])
    }
    const offset = (at: number): number => [...text.slice(0, at)].length
    const captures: Json[] = m.slice(1).map((g, i) => {
      const at = g === undefined ? -1 : m[0].indexOf(g)
      return new Map<string, Json>([
        ['offset', g === undefined ? -1 : offset(m.index + Math.max(0, at))],
        ['length', g === undefined ? 0 : [...g].length],
        ['string', g ?? null],
        ['name', names.get(i + 1) ?? null],
      ])
    })
    out.push(
      new Map<string, Json>([
        ['offset', offset(m.index)],
        ['length', [...m[0]].length],
        ['string', m[0]],
        ['captures', captures],
      ]),
    )
    if (!letters.includes('g')) break
  }
  return out
}

/** Oniguruma syntax that JavaScript lacks. */
const posix = (source: string): string =>
  source
    .replace(
      /\[\[:(\w+):\]\]/g,
      (_m, c: string) =>
        `[${{ alpha: 'A-Za-z', digit: '0-9', alnum: 'A-Za-z0-9', space: '\\s', upper: 'A-Z', lower: 'a-z', punct: '!-\\/:-@\\[-`{-~' }[c] ?? ''}]`,
    )
    .replace(/\\h/g, '[0-9a-fA-F]')
    .replace(/\\A/g, '^')
    .replace(/\\[zZ]/g, '$')
    .replace(/\\([-"'#%&,:;<=>@_`~!])/g, (_m, c: string) => (c === '-' ? '\\-' : c))
