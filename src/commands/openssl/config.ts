/** Sections of an OpenSSL configuration file, in order; names may repeat. */
export type Config = ReadonlyMap<string, readonly (readonly [name: string, value: string])[]>

/** Reads a configuration file: sections, comments, continued lines, quotes and `$variables` of the same file. */
export function parseConfig(text: string): Config {
  const sections = new Map<string, [string, string][]>([['default', []]])
  let current = sections.get('default')!
  for (const raw of text.replace(/\\\r?\n/g, '').split(/\r?\n/)) {
    const line = raw.replace(/(^|\s)#.*$/, '').trim()
    if (line === '') continue
    const section = /^\[\s*([^\]]*?)\s*\]$/.exec(line)
    if (section) {
      if (!sections.has(section[1])) sections.set(section[1], [])
      current = sections.get(section[1])!
      continue
    }
    const cut = line.indexOf('=')
    if (cut < 0) continue
    const value = line
      .slice(cut + 1)
      .trim()
      .replace(/^"(.*)"$/, '$1')
    current.push([
      line.slice(0, cut).trim(),
      value.replace(/\$\{?(\w+)\}?/g, (all, name) => lookup(sections, name) ?? all),
    ])
  }
  return sections
}

function lookup(sections: Map<string, [string, string][]>, name: string): string | undefined {
  for (const entries of sections.values()) for (const [key, value] of entries) if (key === name) return value
  return undefined
}

/** A value of a section, or of the default section. */
export function configValue(config: Config, section: string, name: string): string | undefined {
  const find = (entries: readonly (readonly [string, string])[] | undefined): string | undefined =>
    entries?.filter(([key]) => key === name).at(-1)?.[1]
  return find(config.get(section)) ?? find(config.get('default'))
}
