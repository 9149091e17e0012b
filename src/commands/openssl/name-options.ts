import { attributeOid, type Name, opensslSubject } from '../../pki/index.ts'
import { LONG, type NameFormat, nameFormat, oneline, spaceless } from './name-format.ts'
import { notSimulated, type OptionSpec, type Options, parseOptions } from './options.ts'
import type { Tool } from './tool.ts'

/** The options of a command that prints names, and how it shall print them (-nameopt). Ends the program when they are no good. */
export function namingOptions(tool: Tool, args: readonly string[], spec: OptionSpec): [Options, NameFormat] {
  const { o, format } = parseNamingOptions(tool, args, spec, 'digest')
  return o.rest.length === 0 ? [o, format] : tool.fail(`${tool.name}: Use -help for summary.`)
}

/** The same for a command that takes files besides. */
export function parseNamingOptions(
  tool: Tool,
  args: readonly string[],
  spec: OptionSpec,
  unknown?: 'digest',
): { o: Options; format: NameFormat } {
  const o = parseOptions(tool, args, spec, unknown)
  const option = o.get('nameopt')
  const format = option === undefined ? (tool.recent ? spaceless : oneline) : nameFormat(option)
  if (format === 'beyond') return notSimulated(tool, `-nameopt ${option}`)
  return format ? { o, format } : tool.fail(`${tool.name}: Use -help for summary.`)
}

/** Bounds of ASN1_STRING_set_by_NID: how long an attribute's value may be, in characters. */
const SIZES: Readonly<Record<string, readonly [min: number, max: number]>> = {
  C: [2, 2],
  ST: [1, 128],
  L: [1, 128],
  O: [1, 64],
  OU: [1, 64],
  CN: [1, 64],
  emailAddress: [1, 128],
  serialNumber: [1, 64],
}

/** What ASN1_mbstring_ncopy finds wrong with an attribute's value, as a line of the error queue. */
function wrongValue(short: string, value: string): string | undefined {
  const [min, max] = SIZES[short] ?? [1, 32768]
  const length = [...value].length
  const where = '../crypto/asn1/a_mbstr.c'
  const problem = (code: string, what: string): string => `${code}:asn1 encoding routines:ASN1_mbstring_ncopy:${what}`
  if (length < min) return problem('06800098', `string too short:${where}:112:minsize=${min}`)
  if (length > max) return problem('06800097', `string too long:${where}:118:maxsize=${max}`)
  // Countries, numbers and addresses have an alphabet of their own.
  const legal =
    short === 'C' || short === 'serialNumber'
      ? /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(value)
      : !/^(emailAddress|DC)$/.test(short) || /^[\x00-\x7f]*$/.test(value)
  return legal ? undefined : problem('0680007C', `illegal characters:${where}:125:`)
}

/**
 * -subj: `/O=devs/CN=jane`, where `+` joins what makes up one part. Ends the program when the text is not of that form.
 * Without `utf8` each byte counts as a character.
 */
export function parseSubject(tool: Tool, text: string, utf8: boolean): Name {
  if (!text.startsWith('/'))
    tool.fail(
      `${tool.name}: subject name is expected to be in the format /type0=value0/type1=value1/type2=... where characters may be escaped by \\. This name is not in that format: '${text}'`,
    )
  const found: { short: string; value: string; joined: boolean }[] = []
  let at = 1
  let joined = false
  while (at < text.length) {
    const equals = text.indexOf('=', at)
    if (equals < 0)
      tool.fail(`${tool.name}: Missing '=' after RDN type string '${text.slice(at)}' in subject name string`)
    const type = text.slice(at, equals)
    let value = ''
    for (at = equals + 1; at < text.length && text[at] !== '/' && text[at] !== '+'; at++) {
      if (text[at] === '\\' && ++at === text.length)
        tool.fail(`${tool.name}: Escape character at end of subject name string`)
      value += text[at]
    }
    const wasJoined = joined
    joined = text[at++] === '+'
    const short = shortOf(type)
    if (short === undefined) {
      tool.err(`${tool.name} warning: Skipping unknown subject name attribute "${type}"\n`)
      if (wasJoined)
        tool.err(
          `${tool.name} hint: a '+' in a value string needs be escaped using '\\' else a new member of a multi-valued RDN is expected\n`,
        )
    } else if (value === '')
      tool.err(`${tool.name} warning: No value provided for subject name attribute "${type}", skipped\n`)
    else {
      const meant = utf8 ? value : Buffer.from(value).toString('latin1')
      const wrong = wrongValue(short, meant)
      if (wrong !== undefined) {
        tool.queue(wrong)
        tool.fail(`${tool.name}: Error adding subject name attribute "/${type}=${value}"`)
      }
      found.push({ short, value: meant, joined: wasJoined && found.length > 0 })
    }
  }
  return opensslSubject(
    found.map((f) => [f.short, f.value]),
    found.map((f) => f.joined),
  )
}

/** Asked for an attribute: too long or too short an answer is told, and the question comes again. */
export function wrongAnswer(short: string, value: string): string | undefined {
  const [min, max] = SIZES[short] ?? [1, 32768]
  const length = [...value].length
  if (length < min) return `String too short, must be at least ${min} bytes long\n`
  return length > max ? `String too long, must be at most ${max} bytes long\n` : undefined
}

/** The short name of an attribute that was named in any way. */
function shortOf(type: string): string | undefined {
  const short = LONG_TO_SHORT[type] ?? type
  return attributeOid(short) !== undefined || /^\d+(\.\d+)+$/.test(short) ? short : undefined
}

/** Long names that configuration files and -subj may use. */
export const LONG_TO_SHORT: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(LONG).map(([short, long]) => [long, short]),
)
