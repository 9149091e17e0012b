import { EtcdError } from '../../etcd/errors.ts'
import { zapLine } from '../../etcd/log.ts'
import { dnsLookup, goLookupError, type Process, SysError } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { etcdCertPool, x509KeyPair } from '../../pki/index.ts'
import { goDuration } from '../../print/index.ts'
import { ClientError, EtcdClient } from '../../programs/etcd/client.ts'
import type { ClientFiles } from '../../programs/etcd/connect.ts'
import { STACK_TRACES } from '../../programs/etcd/stack-traces.ts'
import type { Call, FlagSpec, Flags } from '../lib/cobra.ts'
import { badArgs, EXIT, ExitError } from './errors.ts'
import { ask } from './password.ts'

const variable = (flag: string): string => `ETCDCTL_${flag.toUpperCase().replace(/-/g, '_')}`

/**
 * Takes over ETCDCTL_* variables (flags.SetPflagsFromEnv); one that a flag also sets is fatal, an unknown one is warned
 * of, what does not parse makes the flag zero. `silent`: names that no flag has and that are nothing to be warned of.
 */
function environment({ p, command, flags }: Call, silent: readonly string[]): void {
  const specs = command.inheritedFlags
  const line = (level: 'warn' | 'fatal', caller: string, msg: string, name: string): void => {
    const stack = level === 'fatal' ? { stacktrace: STACK_TRACES['flags/flag.go:86'] } : {}
    p.stderr.write(zapLine(p.now(), 131, level, caller, msg, { 'environment-variable': name, ...stack }))
  }
  const used = new Set(silent.filter((name) => p.env[name]))
  const shadowed = new Set(specs.filter((spec) => flags.changed(spec.name)).map((spec) => variable(spec.name)))
  for (const spec of specs) {
    const name = variable(spec.name)
    const value = p.env[name]
    if (shadowed.has(name) || !value) continue
    used.add(name)
    flags.setOrZero(spec.name, value)
  }
  for (const [name, value] of Object.entries(p.env)) {
    if (used.has(name)) continue
    if (shadowed.has(name)) {
      line(
        'fatal',
        'flags/flag.go:86',
        'conflicting environment variable is shadowed by corresponding command-line flag (either unset environment variable or disable flag))',
        name,
      )
      throw new ExitError(EXIT.error, '')
    }
    if (name.startsWith('ETCDCTL_'))
      line('warn', 'flags/flag.go:94', 'unrecognized environment variable', `${name}=${value}`)
  }
  if (flags.bool('debug')) debugLines(p, specs, flags)
}

function debugLines(p: Process, specs: readonly FlagSpec[], flags: Flags): void {
  for (const spec of specs) {
    const text =
      spec.type === 'bool'
        ? String(flags.bool(spec.name))
        : spec.type === 'duration'
          ? goDuration(flags.duration(spec.name))
          : spec.type === 'int'
            ? String(flags.int(spec.name))
            : spec.type === 'stringSlice'
              ? `[${flags.strings(spec.name).join(',')}]`
              : flags.string(spec.name)
    p.stderr.write(`${variable(spec.name)}=${text}\n`)
  }
}

/** Where TLS material lies (clientv3.SecureConfig). */
interface Secure {
  readonly cert: string
  readonly key: string
  readonly cacert: string
  readonly serverName: string
  readonly insecureTransport: boolean
  readonly insecureSkipVerify: boolean
}

/** Who asks (clientv3.AuthConfig). */
interface Login {
  readonly user: string
  readonly password: string
}

/** What flags, environment and the terminal say about the client (clientv3.ConfigSpec). */
export interface ClientConfig {
  readonly endpoints: readonly string[]
  /** ms; 0 and less for none. */
  readonly dialTimeout: number
  readonly maxSend: number
  readonly maxReceive: number
  readonly secure: Secure
  readonly login: Login | undefined
}

/**
 * Models clientConfigFromCmd (command/global.go), which every command calls when it first needs its settings: mistakes
 * on the command line are found before, and what was read before knows nothing of the environment.
 */
export function* configOf(call: Call, silent: readonly string[] = []): Coro<ClientConfig> {
  const { flags } = call
  environment(call, silent)
  const endpoints = (yield* discovered(call)) ?? flags.strings('endpoints').map((e) => e.trim())
  const config = {
    endpoints,
    dialTimeout: flags.duration('dial-timeout'),
    maxSend: flags.int('max-request-bytes'),
    maxReceive: flags.int('max-recv-bytes'),
    secure: secureOf(flags),
    login: yield* loginOf(call.p, flags.string('user'), flags.string('password'), 'Password: '),
  }
  formatOf(call)
  return config
}

/** The endpoints that --discovery-srv finds. No name server here knows of SRV records. */
function* discovered({ p, flags }: Call): Coro<readonly string[] | undefined> {
  const domain = flags.string('discovery-srv')
  if (domain === '') return undefined
  const service = flags.string('discovery-srv-name')
  const errors: string[] = []
  for (const kind of ['etcd-client-ssl', 'etcd-client']) {
    const name = `_${kind}${service && `-${service}`}._tcp.${domain}`
    const found = yield* dnsLookup(p, name)
    errors.push(
      goLookupError(p, name, found.ok ? { ok: false, error: 'no-such-host', server: found.server ?? '' } : found),
    )
  }
  throw new ExitError(EXIT.error, `dns lookup errors: ${errors.join(' and ')}`)
}

function secureOf(flags: Flags): Secure {
  const [cert, key, cacert] = ['cert', 'key', 'cacert'].map((name) => {
    const path = flags.string(name)
    if (path === '' && flags.changed(name)) throw badArgs(`empty string is passed to --${name} option`)
    return path
  })
  return {
    cert,
    key,
    cacert,
    serverName: flags.bool('insecure-discovery') ? '' : flags.string('discovery-srv'),
    insecureTransport: flags.bool('insecure-transport'),
    insecureSkipVerify: flags.bool('insecure-skip-tls-verify'),
  }
}

/** --user and --password as they belong together; a password that is in neither is asked for. */
export function* loginOf(p: Process, user: string, password: string, prompt: string): Coro<Login | undefined> {
  if (user === '') return undefined
  if (password !== '') return { user, password }
  const colon = user.indexOf(':')
  if (colon >= 0) return { user: user.slice(0, colon), password: user.slice(colon + 1) }
  return { user, password: yield* ask(p, prompt) }
}

/** Client TLS material (clientv3.newTLSConfig); undefined when none is asked for. */
function clientFiles(p: Process, { cert, key, cacert, ...secure }: Secure): ClientFiles | undefined {
  if (!cert && !key && !cacert)
    return secure.insecureTransport && !secure.insecureSkipVerify ? undefined : { insecure: secure.insecureSkipVerify }
  if ((cert === '') !== (key === ''))
    throw badArgs(`KeyFile and CertFile must both be present[key: ${key}, cert: ${cert}]`)
  const read = (path: string): string => {
    try {
      return p.fs.readFile(path, p.cwd, p.creds)
    } catch (error) {
      throw badArgs(error instanceof SysError ? error.goMessage : (error as Error).message)
    }
  }
  try {
    const certPem = cert ? read(cert) : undefined
    const keyPem = key ? read(key) : undefined
    if (certPem !== undefined && keyPem !== undefined) x509KeyPair(certPem, keyPem)
    const caPem = cacert ? read(cacert) : undefined
    if (caPem !== undefined) etcdCertPool(caPem)
    return { certPem, keyPem, caPem, insecure: secure.insecureSkipVerify }
  } catch (error) {
    throw error instanceof ExitError ? error : badArgs((error as Error).message)
  }
}

interface ClientOptions {
  /** Instead of the configuration's. */
  readonly endpoints?: readonly string[]
  readonly logger?: 'etcd-client' | 'client'
  /** The exit status when there can be no client. */
  readonly status?: number
}

/** Models mustClient: a client of a configuration, for all its endpoints or the given ones. */
export function* clientFor(
  p: Process,
  config: ClientConfig,
  { endpoints = config.endpoints, logger = 'etcd-client', status = EXIT.badConnection }: ClientOptions = {},
): Coro<EtcdClient> {
  const files = clientFiles(p, config.secure)
  const fail = (why: string): never => {
    throw new ExitError(status, why)
  }
  if (endpoints.length === 0) fail('etcdclient: no available endpoints')
  const { maxSend, maxReceive } = config
  if (maxReceive > 0 && maxSend > maxReceive)
    fail(`gRPC message recv limit (${maxReceive} bytes) must be greater than send limit (${maxSend} bytes)`)
  const client = new EtcdClient(p, { endpoints, files, logger, maxSend: Math.max(0, maxSend), login: config.login })
  try {
    yield* client.login(config.dialTimeout > 0 ? config.dialTimeout : undefined)
  } catch (error) {
    if (error instanceof EtcdError || error instanceof ClientError) fail(error.message)
    throw error
  }
  return client
}

/** Models mustClientFromCmd. */
export function* clientOf(call: Call): Coro<EtcdClient> {
  return yield* clientFor(call.p, yield* configOf(call))
}

/** --command-timeout in ms; 0 and less mean that every call ends at once, as context.WithTimeout does. */
export const timeoutOf = ({ flags }: Call): number => Math.max(0, flags.duration('command-timeout'))

const FORMATS = ['simple', 'json', 'fields', 'table', 'protobuf'] as const

/** What -w knows. */
type Format = (typeof FORMATS)[number]

/** --write-out. */
export function formatOf({ flags }: Call): Format {
  const format = flags.string('write-out') as Format
  if (!FORMATS.includes(format)) throw new ExitError(EXIT.badFeature, 'unsupported output format')
  return format
}
