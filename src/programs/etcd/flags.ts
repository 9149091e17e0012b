import { FLAGS, USAGE } from './help-text.ts'

/** A mistake on the command line: Go's flag package prints it with the usage and exits with status 2. */
export class FlagError extends Error {
  constructor(message: string) {
    super(`${message}\n${USAGE}`)
  }
}

type Kind = 'string' | 'bool' | 'number' | 'duration' | 'urls' | 'unique-urls'

const URL_FLAGS = new Set([
  'listen-peer-urls',
  'listen-client-urls',
  'listen-client-http-urls',
  'initial-advertise-peer-urls',
  'advertise-client-urls',
  'listen-metrics-urls',
])

/** Flags that need no value although their help shows no default. */
const BARE_BOOLS = new Set(['memory-mlock', 'enable-grpc-gateway', 'version', 'experimental-memory-mlock'])

interface FlagDef {
  readonly kind: Kind
  readonly value: string
}

/** Every flag of the help page with its default. */
const DEFINITIONS: ReadonlyMap<string, FlagDef> = new Map(
  [...FLAGS.matchAll(/^ {2}--([a-z0-9-]+)(?: '?([^'\n]*)'?)?$/gm)].map(([, name, value = '']) => {
    const kind: Kind =
      value === 'true' || value === 'false' || BARE_BOOLS.has(name)
        ? 'bool'
        : URL_FLAGS.has(name)
          ? 'urls'
          : /^\d+$/.test(value)
            ? 'number'
            : /^(\d+(h|m|s|ms))+$/.test(value)
              ? 'duration'
              : 'string'
    return [name, { kind, value }]
  }),
)

const EXTRA: readonly [string, FlagDef][] = [
  ['config-file', { kind: 'string', value: '' }],
  ['version', { kind: 'bool', value: 'false' }],
]

/** Values of --name=value by flag name, as given; `given` says which were. */
export interface ParsedFlags {
  readonly values: ReadonlyMap<string, string>
  readonly given: ReadonlySet<string>
  readonly help: boolean
  readonly rest: readonly string[]
}

const quote = (text: string): string => JSON.stringify(text)

/** Parses argv as Go's flag package does (`-x` and `--x` are the same), then ETCD_* variables for flags not given. */
export function parseFlags(args: readonly string[], env: Readonly<Record<string, string>>): ParsedFlags {
  const definitions = new Map([...DEFINITIONS, ...EXTRA])
  const values = new Map<string, string>()
  const given = new Set<string>()
  let help = false
  let i = 0
  for (; i < args.length; i++) {
    const arg = args[i]
    if (!/^--?[^-]/.test(arg)) break
    const body = arg.replace(/^--?/, '')
    const at = body.indexOf('=')
    const name = at < 0 ? body : body.slice(0, at)
    if (name === 'help' || name === 'h') {
      help = true
      continue
    }
    const def = definitions.get(name)
    if (!def) throw new FlagError(`flag provided but not defined: -${name}`)
    let value = at < 0 ? undefined : body.slice(at + 1)
    if (value === undefined) {
      if (def.kind === 'bool') value = 'true'
      else if (i + 1 < args.length) value = args[++i]
      else throw new FlagError(`flag needs an argument: -${name}`)
    }
    check(name, def, value, (why) => new FlagError(`invalid value ${quote(value)} for flag -${name}: ${why}`))
    values.set(
      name,
      name === 'feature-gates' && given.has(name) ? [values.get(name), value].filter(Boolean).join(',') : value,
    )
    given.add(name)
  }
  for (const [name, def] of definitions) {
    const value = env[`ETCD_${name.toUpperCase().replace(/-/g, '_')}`]
    if (value === undefined || value === '' || given.has(name)) continue
    check(name, def, value, (why) => new FlagError(`invalid value ${quote(value)} for flag -${name}: ${why}`))
    values.set(name, value)
    given.add(name)
  }
  for (const [name, def] of definitions) if (!values.has(name)) values.set(name, def.value)
  return { values, given, help, rest: args.slice(i) }
}

const GATES = [
  'AllAlpha',
  'AllBeta',
  'CompactHashCheck',
  'InitialCorruptCheck',
  'LeaseCheckpoint',
  'LeaseCheckpointPersist',
  'SetMemberLocalAddr',
  'StopGRPCServiceOnDefrag',
  'TxnModeWriteWithSharedBuffer',
]

const parseBool = (text: string): boolean | undefined =>
  ['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)
    ? true
    : ['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)
      ? false
      : undefined

function check(name: string, def: FlagDef, value: string, fail: (why: string) => FlagError): void {
  if (def.kind === 'bool' && parseBool(value) === undefined) throw fail('parse error')
  if (def.kind === 'number' && !/^-?\d+$/.test(value)) throw fail('parse error')
  if (def.kind === 'duration' && !/^-?((\d+(\.\d+)?(h|m|s|ms|us|ns))+|0)$/.test(value)) throw fail('parse error')
  if (def.kind === 'urls' && value !== '') for (const url of value.split(',')) checkUrl(url, fail)
  if (name === 'initial-cluster-state' && value !== 'new' && value !== 'existing') throw fail('invalid value')
  if (name === 'discovery-fallback' && value !== 'exit') throw fail('invalid value')
  if (name === 'v2-deprecation' && !['write-only', 'write-only-drop-data', 'gone'].includes(value))
    throw fail(`invalid value ${quote(value)}`)
  if (name === 'feature-gates') for (const part of value.split(',')) checkGate(part, fail)
}

function checkGate(part: string, fail: (why: string) => FlagError): void {
  if (part.trim() === '') return
  const [gate, on] = part.trim().split('=')
  if (on === undefined) throw fail(`missing bool value for ${gate}`)
  if (parseBool(on) === undefined)
    throw fail(`invalid value of ${gate}=${on}, err: strconv.ParseBool: parsing ${quote(on)}: invalid syntax`)
  if (!GATES.includes(gate)) throw fail(`unrecognized feature gate: ${gate}`)
}

/** types.NewURLs: scheme, host:port and nothing else. */
function checkUrl(url: string, fail: (why: string) => FlagError): void {
  const text = url.trim()
  if (/^[^/]*:/.test(text) && !/^[a-zA-Z][a-zA-Z0-9+.-]*:/.test(text))
    throw fail(`parse ${quote(text)}: first path segment in URL cannot contain colon`)
  const match = /^([a-zA-Z][a-zA-Z0-9+.-]*):\/\/([^/]*)(\/.*)?$/.exec(text)
  if (!match || !['http', 'https', 'unix', 'unixs'].includes(match[1]))
    throw fail(`URL scheme must be http, https, unix, or unixs: ${text}`)
  if (!/:\d+$/.test(match[2])) throw fail(`URL address does not have the form "host:port": ${text}`)
  if (match[3] && match[3] !== '') throw fail(`URL must not contain a path: ${text}`)
}

/** Feature gates that are on, as the start-up line lists the given ones. */
export const gateOn = (gates: string, name: string): boolean =>
  gates.split(',').some((g) => {
    const [gate, on] = g.trim().split('=')
    return (gate === name || gate === 'AllAlpha') && parseBool(on ?? '') === true
  })
