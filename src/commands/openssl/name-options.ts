import { attributeOid, type Name, opensslSubject, shortName } from '../../pki/index.ts'
import { type OptionSpec, type Options, parseOptions } from './options.ts'
import { type NameFormat, oneline, slashes } from './text.ts'
import type { Tool } from './tool.ts'

/** The options of a command that prints names, and how it shall print them (-nameopt). Ends the program when they are no good. */
export function namingOptions(tool: Tool, args: readonly string[], spec: OptionSpec): [Options, NameFormat] {
  const o = parseOptions(tool, args, spec, 'digest')
  const format = o.rest.length > 0 ? undefined : nameFormat(tool, o.get('nameopt'))
  return format ? [o, format] : tool.fail(`${tool.name}: Use -help for summary.`)
}

/** -nameopt, in the forms people use. Undefined: not a name option. */
function nameFormat(tool: Tool, option: string | undefined): NameFormat | undefined {
  switch (option?.toLowerCase()) {
    case undefined:
      return (name) => tool.names(name)
    case 'oneline':
      return oneline
    case 'rfc2253':
      return (name) =>
        [...name.attributes]
          .reverse()
          .map((a) => `${shortName(a.oid)}=${a.value.replace(/[,+"\\<>;]|^[# ]| $/g, '\\$&')}`)
          .join(',')
    case 'sep_multiline':
      return (name) =>
        `\n${pairs(name)
          .map((p) => `    ${p}`)
          .join('\n')}`
    case 'compat':
      return slashes
    case 'multiline':
      return multiline
    case 'sep_comma_plus':
    case 'sep_comma_plus,sname':
      return (name) => pairs(name).join(',')
    default:
      return undefined
  }
}

const pairs = (name: Name): string[] => name.attributes.map((a) => `${shortName(a.oid)}=${a.value}`)
const LONG: Readonly<Record<string, string>> = {
  C: 'countryName',
  ST: 'stateOrProvinceName',
  L: 'localityName',
  O: 'organizationName',
  OU: 'organizationalUnitName',
  CN: 'commonName',
}

const multiline = (name: Name): string =>
  `\n${name.attributes.map((a) => `    ${(LONG[shortName(a.oid)] ?? shortName(a.oid)).padEnd(26)}= ${a.value}`).join('\n')}`

/** -subj: `/O=devs/CN=jane`. Ends the program when the text is not of that form. */
export function parseSubject(tool: Tool, text: string): Name {
  if (!text.startsWith('/'))
    tool.fail(
      `${tool.name}: subject name is expected to be in the format /type0=value0/type1=value1/type2=... where characters may be escaped by \\. This name is not in that format: '${text}'`,
    )
  const found: [string, string][] = []
  for (const part of text.slice(1).match(/(?:\\.|[^/])+/g) ?? []) {
    const cut = part.indexOf('=')
    if (cut < 0) {
      tool.err(`${tool.name}: Hit end of string before finding the '='\n`)
      tool.fail('')
    }
    const [type, value] = [part.slice(0, cut), part.slice(cut + 1).replace(/\\(.)/g, '$1')]
    if (attributeOid(type) === undefined && !(type in LONG_TO_SHORT)) {
      tool.err(`${tool.name} warning: Skipping unknown subject name attribute "${type}"\n`)
      continue
    }
    if (value === '') {
      tool.err(`${tool.name} warning: No value provided for subject name attribute "${type}", skipped\n`)
      continue
    }
    found.push([LONG_TO_SHORT[type] ?? type, value])
  }
  return opensslSubject(found)
}

/** Long names that configuration files and -subj may use. */
export const LONG_TO_SHORT: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(LONG).map(([short, long]) => [long, short]),
)
