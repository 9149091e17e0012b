import { Exit, type Tool } from './tool.ts'

/** Sections of an OpenSSL configuration file, in order; names may repeat. */
export type Config = ReadonlyMap<string, readonly (readonly [name: string, value: string])[]>

/**
 * Reads a configuration file: sections, comments, continued lines, quotes and `$variables` of the same file. Ends the program
 * at a line that is no good.
 */
export function parseConfig(tool: Tool, path: string, text: string): Config {
  const sections = new Map<string, [string, string][]>([['default', []]])
  let current = sections.get('default')!
  let number = 0
  let continued = ''
  const wrong = (what: string): never => {
    tool.err(`${tool.name}: Error on line ${number} of config file "${path}"\n`)
    tool.queue(`${what}line ${number}`)
    throw new Exit(1)
  }
  for (const raw of text.split(/\r?\n/)) {
    number++
    if (raw.endsWith('\\')) {
      continued += raw.slice(0, -1)
      continue
    }
    const line = (continued + raw).replace(/(^|\s)#.*$/, '').trim()
    continued = ''
    if (line === '') continue
    const section = /^\[\s*([^\]]*?)\s*\]/.exec(line)
    if (section) {
      if (!sections.has(section[1])) sections.set(section[1], [])
      current = sections.get(section[1])!
      continue
    }
    if (line.startsWith('['))
      wrong(
        '07000064:configuration file routines:def_load_bio:missing close square bracket:../crypto/conf/conf_def.c:368:',
      )
    const [, name, rest] = /^([\w.!;:?@-]*)\s*(.*)$/.exec(line) ?? ['', '', line]
    if (!rest.startsWith('='))
      wrong(
        `07000065:configuration file routines:def_load_bio:missing equal sign:../crypto/conf/conf_def.c:529:HERE-->${rest}`,
      )
    const value = rest
      .slice(1)
      .trim()
      .replace(/^"(.*)"$/, '$1')
    current.push([
      name,
      value.replace(
        /\$(?:\{(?:ENV::)?(\w+)\}|(\w+))/g,
        (_, braced, plain) =>
          lookup(sections, braced ?? plain) ??
          tool.p.env[braced] ??
          wrong('07000068:configuration file routines:str_copy:variable has no value:../crypto/conf/conf_def.c:767:'),
      ),
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
