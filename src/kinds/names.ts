/**
 * Checks of strings, each returning the sentences about what is wrong with it. Models
 * apimachinery/pkg/util/validation and api/validate/content (the latter says "bytes" where the former says "characters").
 */
export type Check = (value: string) => readonly string[]

const FINE: readonly string[] = []

const regexError = (message: string, regex: string, ...examples: string[]): string =>
  examples.length
    ? `${message} (e.g. ${examples.map((e) => `'${e}', `).join(' or ')}regex used for validation is '${regex}')`
    : `${message} (regex used for validation is '${regex}')`

const maxLen = (length: number) => `must be no more than ${length} characters`
const maxBytes = (length: number) => `must be no more than ${length} bytes`

/** InclusiveRangeError (apimachinery/pkg/util/validation). */
export const between = (low: number, high: number) => `must be between ${low} and ${high}, inclusive`
export const NEGATIVE = 'must be greater than or equal to 0'
export const IMMUTABLE = 'field is immutable'

/** A check of length and pattern. */
function pattern(
  format: string,
  message: string,
  examples: string[],
  limit = Number.POSITIVE_INFINITY,
  tooLong = maxLen,
): Check {
  const regex = new RegExp(`^(?:${format})$`)
  const mismatch = regexError(message, format, ...examples)
  return (value) => {
    if (value.length <= limit && regex.test(value)) return FINE
    const errors: string[] = []
    if (value.length > limit) errors.push(tooLong(limit))
    if (!regex.test(value)) errors.push(mismatch)
    return errors
  }
}

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`
const LABEL_MESSAGE =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character"
const SUBDOMAIN_MESSAGE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character"

export const isSubdomain = pattern(SUBDOMAIN, SUBDOMAIN_MESSAGE, ['example.com'], 253)
const UNDERSCORE_LABEL = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?'
/** A search domain of a resolver. */
export const isSubdomainWithUnderscore = pattern(
  `${UNDERSCORE_LABEL}(\\.${UNDERSCORE_LABEL})*`,
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character",
  ['example.com'],
  253,
)
const isSubdomainBytes = pattern(SUBDOMAIN, SUBDOMAIN_MESSAGE, ['example.com'], 253, maxBytes)

const labelPattern = pattern(LABEL, LABEL_MESSAGE, ['my-name', '123-abc'], 63)
const labelRegex = new RegExp(`^${LABEL}$`)
const subdomainRegex = new RegExp(`^${SUBDOMAIN}$`)

/** RFC 1123 label; a dotted name gets its own sentence. */
export function isLabel(value: string): readonly string[] {
  if (labelRegex.test(value) || !subdomainRegex.test(value)) return labelPattern(value)
  return value.length > 63 ? [maxLen(63), 'must not contain dots'] : ['must not contain dots']
}

export const isLabel1035 = pattern(
  '[a-z]([-a-z0-9]*[a-z0-9])?',
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  ['my-name', 'abc-123'],
  63,
)

export const isWildcardSubdomain = pattern(
  `\\*\\.${SUBDOMAIN}`,
  "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
  ['*.example.com'],
  253,
)

const KEY = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'
const KEY_MESSAGE =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
const KEY_EXAMPLES = ['MyName', 'my.name', '123-abc']
const keyName = pattern(KEY, KEY_MESSAGE, KEY_EXAMPLES, 63, maxBytes)
const keyRegex = new RegExp(`^${KEY}$`)

/** Label key: an optional DNS subdomain and '/', then a name. */
export function isQualifiedName(value: string): readonly string[] {
  if (value.length <= 63 && keyRegex.test(value)) return FINE
  const parts = value.split('/')
  if (parts.length > 2) {
    return [
      `a valid label key ${regexError(KEY_MESSAGE, KEY, ...KEY_EXAMPLES)} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ]
  }
  const errors: string[] = []
  if (parts.length === 2) {
    if (!parts[0]) errors.push('prefix part must be non-empty')
    else for (const message of isSubdomainBytes(parts[0])) errors.push(`prefix part ${message}`)
  }
  const name = parts[parts.length - 1]!
  if (!name) errors.push('name part must be non-empty')
  for (const message of keyName(name)) errors.push(`name part ${message}`)
  return errors
}

export const isLabelValue = pattern(
  `(${KEY})?`,
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  ['MyValue', 'my_value', '12345'],
  63,
  maxBytes,
)

/** A name of C. */
export const isCIdentifier = pattern(
  '[A-Za-z_][A-Za-z0-9_]*',
  "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'",
  ['my_name', 'MY_NAME', 'MyName'],
)

/** `.`, `..` and names that begin with `..` would escape the directory a volume is written to. */
function hasChDirPrefix(value: string): string[] {
  if (value === '.') return ["must not be '.'"]
  if (value === '..') return ["must not be '..'"]
  return value.startsWith('..') ? ["must not start with '..'"] : []
}

const configKey = pattern(
  '[-._a-zA-Z0-9]+',
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
  ['key.name', 'KEY_NAME', 'key-name'],
  253,
)
/** Key of a ConfigMap or Secret. */
export const isConfigKey: Check = (value) => [...configKey(value), ...hasChDirPrefix(value)]

/** Relaxed since 1.34: any printable ASCII except '='. */
export function isEnvName(value: string): readonly string[] {
  if (!value) return ['environment variable name must be non-empty']
  if (/^[ -<>-~]+$/.test(value)) return FINE
  return ["a valid environment variable name must consist only of printable ASCII characters other than '='"]
}

/** IsValidPortNum (apimachinery/pkg/util/validation): what is wrong, nothing when it is fine. */
export const isPort = (port: number): readonly string[] =>
  Number.isInteger(port) && port >= 1 && port <= 65535 ? FINE : [between(1, 65535)]

/** IANA service name, as for named container ports. */
export function isPortName(port: string): readonly string[] {
  const errors: string[] = []
  if (port.length > 15) errors.push(maxLen(15))
  if (!/^[-a-z0-9]+$/.test(port)) errors.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)')
  if (!/[a-z]/.test(port)) errors.push('must contain at least one letter (a-z)')
  if (port.includes('--')) errors.push('must not contain consecutive hyphens')
  if (port.startsWith('-') || port.endsWith('-')) errors.push('must not begin or end with a hyphen')
  return errors
}

export const isPercent = pattern(
  '[0-9]+%',
  "a valid percent string must be a numeric string followed by an ending '%'",
  ['1%', '93%'],
)

export const isHeaderName = pattern(
  '[-A-Za-z0-9]+',
  "a valid HTTP header must consist of alphanumeric characters or '-'",
  ['X-Header-Name'],
)

/** RBAC names and the like: anything that fits into one segment of a URL path. */
export function isPathSegment(name: string): readonly string[] {
  if (name === '.' || name === '..') return [`may not be '${name}'`]
  return ['/', '%'].filter((c) => name.includes(c)).map((c) => `may not contain '${c}'`)
}

/** A condition's reason (apimachinery/pkg/apis/meta/v1/validation). */
export const isConditionReason = pattern(
  '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?',
  "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_'",
  ['my_name', 'MY_NAME', 'MyName', 'ReasonA,ReasonB', 'ReasonA:ReasonB'],
)
