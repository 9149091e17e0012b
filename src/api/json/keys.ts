/** Where the keys of a JSON text stand, by path (`spec.containers[0].image`), and which of them are repeated. */
interface Keys {
  readonly offsets: ReadonlyMap<string, number>
  readonly duplicates: readonly { readonly path: string; readonly offset: number }[]
}

const TOKEN = /\s*("(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+)/y

/** Reads the keys of a text that is JSON. */
export function keysOf(text: string): Keys {
  const offsets = new Map<string, number>()
  const duplicates: { path: string; offset: number }[] = []
  let at = 0
  const next = (): string => {
    TOKEN.lastIndex = at
    const match = TOKEN.exec(text)
    at = TOKEN.lastIndex
    return match?.[1] ?? ''
  }
  const value = (path: string, token: string): void => {
    if (token === '{') {
      const seen = new Set<string>()
      for (let key = next(); key !== '}' && key !== ''; key = next()) {
        if (key === ',') continue
        const name: string = JSON.parse(key)
        const here = path ? `${path}.${name}` : name
        const offset = at
        if (seen.has(name)) duplicates.push({ path: here, offset })
        else offsets.set(here, offset)
        seen.add(name)
        next()
        value(here, next())
      }
    } else if (token === '[') {
      let index = 0
      for (let item = next(); item !== ']' && item !== ''; item = next()) {
        if (item !== ',') value(`${path}[${index++}]`, item)
      }
    }
  }
  value('', next())
  return { offsets, duplicates }
}
