import { type Name, shortName } from '../../pki/index.ts'

/** How a name prints: by default OpenSSL's one-line form, else as -nameopt says. */
export interface NameFormat {
  (name: Name): string
  /** One attribute a line; under a heading they stand this much further in. */
  readonly multiline: boolean
}

/** Flags of X509_NAME_print_ex(3) by the words of -nameopt, those of one choice under one key. */
interface NameFlags {
  readonly separator?: ',' | ', ' | '; ' | '\n'
  readonly field?: 'short' | 'long' | 'oid' | 'none'
  readonly esc_2253?: true
  readonly esc_ctrl?: true
  readonly esc_msb?: true
  readonly use_quote?: true
  readonly utf8?: true
  readonly dn_rev?: true
  readonly align?: true
  readonly space_eq?: true
}

const STRINGS = { esc_2253: true, esc_ctrl: true, esc_msb: true, utf8: true } as const
const ONELINE: NameFlags = { ...STRINGS, use_quote: true, separator: ', ', space_eq: true }

const WHOLE: Readonly<Record<string, NameFlags>> = {
  compat: {},
  rfc2253: { ...STRINGS, separator: ',', dn_rev: true },
  oneline: ONELINE,
  multiline: { esc_ctrl: true, esc_msb: true, separator: '\n', space_eq: true, field: 'long', align: true },
}

const PARTS: Readonly<Record<string, NameFlags>> = {
  ...Object.fromEntries(
    ['esc_2253', 'esc_ctrl', 'esc_msb', 'use_quote', 'utf8', 'dn_rev', 'align', 'space_eq'].map((word) => [
      word,
      { [word]: true },
    ]),
  ),
  sep_comma_plus: { separator: ',' },
  sep_comma_plus_space: { separator: ', ' },
  sep_semi_plus_space: { separator: '; ' },
  sep_multiline: { separator: '\n' },
  nofname: { field: 'none' },
  sname: { field: 'short' },
  lname: { field: 'long' },
  oid: { field: 'oid' },
  // How values of unknown types are shown; there are none here.
  ...Object.fromEntries(
    ['esc_2254', 'ignore_type', 'show_type', 'dump_all', 'dump_nostr', 'dump_der', 'dump_unknown'].map((w) => [w, {}]),
  ),
}

/** Words of -nameopt that are known but whose effect is not simulated. */
const BEYOND = ['esc_2254', 'show_type', 'dump_all', 'dump_nostr']

/** -nameopt. 'beyond': not simulated. Undefined: not a name option. */
export function nameFormat(option: string): NameFormat | 'beyond' | undefined {
  let flags: NameFlags = {}
  for (const item of option.split(',')) {
    const word = item.trim().toLowerCase()
    const off = word.startsWith('-')
    const bare = word.replace(/^[-+]/, '')
    const whole = WHOLE[bare === 'ca_default' ? 'multiline' : bare]
    const part = PARTS[bare]
    if (BEYOND.includes(bare)) return 'beyond'
    if (whole && !off) flags = whole
    else if (part && off)
      flags = Object.fromEntries(Object.entries(flags).filter(([key]) => !(key in part))) as NameFlags
    else if (part) flags = { ...flags, ...part }
    else return undefined
  }
  const bare = Object.entries(flags).every(([key, value]) => key === 'field' && value === 'short')
  if (bare) return formatter(slashes, false)
  return formatOf({ separator: ', ', ...flags })
}

const formatter = (print: (name: Name) => string, multiline: boolean): NameFormat => Object.assign(print, { multiline })

function formatOf(flags: NameFlags): NameFormat {
  const multiline = flags.separator === '\n'
  return formatter((name) => {
    const all = name.attributes.map((attribute, i) => ({ attribute, i }))
    if (flags.dn_rev) all.reverse()
    let text = multiline ? '    ' : ''
    let previous = -1
    for (const { attribute, i } of all) {
      if (previous >= 0) {
        const same = name.attributes[Math.max(i, previous)].joined === true
        const plus = flags.separator === ',' ? '+' : ' + '
        text += same ? plus : `${flags.separator}${multiline ? '    ' : ''}`
      }
      previous = i
      const short = shortName(attribute.oid)
      const field = flags.field === 'long' ? (LONG[short] ?? short) : flags.field === 'oid' ? attribute.oid : short
      const width = flags.field === 'long' ? 25 : flags.field === 'oid' ? 0 : 10
      if (flags.field !== 'none') text += `${flags.align ? field.padEnd(width) : field}${flags.space_eq ? ' = ' : '='}`
      text += value(attribute.value, flags)
    }
    return text
  }, multiline)
}

/** ASN1_STRING_print_ex: what the flags escape, and quotes around all where they ask for them. */
function value(text: string, flags: NameFlags): string {
  let quoted = false
  let out = ''
  const chars = flags.utf8 ? [...Buffer.from(text)].map((byte) => String.fromCharCode(byte)) : [...text]
  const decode = flags.utf8 && !flags.esc_msb
  for (const [i, char] of chars.entries()) {
    const code = char.codePointAt(0) ?? 0
    const edge = (i === 0 && /[# ]/.test(char)) || (i === chars.length - 1 && char === ' ')
    const special = /[,+<>;"\\]/.test(char) || edge
    if (code > 0xffff) out += `\\W${code.toString(16).toUpperCase().padStart(8, '0')}`
    else if (code > 0xff) out += `\\U${code.toString(16).toUpperCase().padStart(4, '0')}`
    else if ((flags.esc_msb && code > 0x7f) || (flags.esc_ctrl && (code < 0x20 || code === 0x7f)))
      out += `\\${code.toString(16).toUpperCase().padStart(2, '0')}`
    else if (flags.esc_2253 && special && flags.use_quote && !/["\\]/.test(char)) {
      quoted = true
      out += char
    } else if (flags.esc_2253 && special) {
      quoted ||= flags.use_quote === true
      out += `\\${char}`
    } else out += char
  }
  if (decode) out = Buffer.from(out, 'latin1').toString('utf8')
  return quoted ? `"${out}"` : out
}

/** OpenSSL 3.0's own form: `O = devs, CN = jane`. */
export const oneline: NameFormat = formatOf(ONELINE)

/** As since OpenSSL 3.2: `O=devs, CN=jane`. */
export const spaceless: NameFormat = formatOf({ ...ONELINE, space_eq: undefined })

/** X509_NAME_oneline: `/CN=my-ca`. */
export const slashes = (name: Name): string => name.attributes.map((a) => `/${shortName(a.oid)}=${a.value}`).join('')

/** A name after its heading on a line of its own, or on the lines below. */
export const titled = (title: string, name: Name, format: NameFormat): string =>
  `${title}${format.multiline ? '\n' : ''}${format(name)}\n`

/** Long names of attributes by their short ones. */
export const LONG: Readonly<Record<string, string>> = {
  C: 'countryName',
  ST: 'stateOrProvinceName',
  L: 'localityName',
  O: 'organizationName',
  OU: 'organizationalUnitName',
  CN: 'commonName',
  SN: 'surname',
  GN: 'givenName',
  DC: 'domainComponent',
  UID: 'userId',
  street: 'streetAddress',
}
