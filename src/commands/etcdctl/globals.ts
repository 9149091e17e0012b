import { zapLine } from '../../etcd/log.ts'
import { type Process, SysError } from '../../host/index.ts'
import { etcdCertPool, x509KeyPair } from '../../pki/index.ts'
import { goDuration } from '../../print/index.ts'
import { EtcdClient } from '../../programs/etcd/client.ts'
import type { ClientFiles } from '../../programs/etcd/connect.ts'
import { STACK_TRACES } from '../../programs/etcd/stack-traces.ts'
import type { Call, FlagSpec } from '../lib/cobra.ts'
import { badArgs, EXIT, ExitError } from './errors.ts'

/** etcdctl's global flags (etcdctl/ctlv3/ctl.go). */
export const globalFlags: readonly FlagSpec[] = [
  {
    name: 'endpoints',
    type: 'stringSlice',
    default: ['127.0.0.1:2379'],
    defaultText: '[127.0.0.1:2379]',
    usage: 'gRPC endpoints',
  },
  { name: 'debug', type: 'bool', usage: 'enable client-side debug logging' },
  {
    name: 'write-out',
    short: 'w',
    type: 'string',
    default: 'simple',
    usage: 'set the output format (fields, json, protobuf, simple, table)',
  },
  { name: 'hex', type: 'bool', usage: 'print byte strings as hex encoded strings' },
  {
    name: 'dial-timeout',
    type: 'duration',
    default: 2000,
    defaultText: '2s',
    usage: 'dial timeout for client connections',
  },
  {
    name: 'command-timeout',
    type: 'duration',
    default: 5000,
    defaultText: '5s',
    usage: 'timeout for short running command (excluding dial timeout)',
  },
  {
    name: 'keepalive-time',
    type: 'duration',
    default: 2000,
    defaultText: '2s',
    usage: 'keepalive time for client connections',
  },
  {
    name: 'keepalive-timeout',
    type: 'duration',
    default: 6000,
    defaultText: '6s',
    usage: 'keepalive timeout for client connections',
  },
  {
    name: 'max-request-bytes',
    type: 'int',
    usage: 'client-side request send limit in bytes (if 0, it defaults to 2.0 MiB (2 * 1024 * 1024).)',
  },
  {
    name: 'max-recv-bytes',
    type: 'int',
    usage: 'client-side response receive limit in bytes (if 0, it defaults to "math.MaxInt32")',
  },
  {
    name: 'insecure-transport',
    type: 'bool',
    default: true,
    usage: 'disable transport security for client connections',
  },
  {
    name: 'insecure-discovery',
    type: 'bool',
    default: true,
    usage: 'accept insecure SRV records describing cluster endpoints',
  },
  {
    name: 'insecure-skip-tls-verify',
    type: 'bool',
    usage: 'skip server certificate verification (CAUTION: this option should be enabled only for testing purposes)',
  },
  { name: 'cert', type: 'string', usage: 'identify secure client using this TLS certificate file' },
  { name: 'key', type: 'string', usage: 'identify secure client using this TLS key file' },
  { name: 'cacert', type: 'string', usage: 'verify certificates of TLS-enabled secure servers using this CA bundle' },
  {
    name: 'user',
    type: 'string',
    usage: 'username[:password] for authentication (prompt if password is not supplied)',
  },
  {
    name: 'password',
    type: 'string',
    usage: "password for authentication (if this option is used, --user option shouldn't include password)",
  },
  {
    name: 'discovery-srv',
    short: 'd',
    type: 'string',
    usage: 'domain name to query for SRV records describing cluster endpoints',
  },
  { name: 'discovery-srv-name', type: 'string', usage: 'service name to query when using DNS discovery' },
]

const variable = (flag: string): string => `ETCDCTL_${flag.toUpperCase().replace(/-/g, '_')}`

const applied = new WeakSet<Call>()

/**
 * Takes over ETCDCTL_* variables; one that a flag also sets is fatal, an unknown one is warned of. It happens when a
 * command first needs its settings: mistakes on the command line are found before.
 */
function environment(call: Call): Call {
  if (applied.has(call)) return call
  applied.add(call)
  const { p, command, flags } = call
  const specs = command.allFlags.filter((f) => f.name !== 'help' && !command.spec.flags?.includes(f))
  const line = (level: 'warn' | 'fatal', caller: string, msg: string, name: string): void => {
    const stack = level === 'fatal' ? { stacktrace: STACK_TRACES['flags/flag.go:86'] } : {}
    p.stderr.write(zapLine(p.now(), 131, level, caller, msg, { 'environment-variable': name, ...stack }))
  }
  for (const spec of specs) {
    const name = variable(spec.name)
    const value = p.env[name]
    if (!value) continue
    if (flags.changed(spec.name)) {
      line(
        'fatal',
        'flags/flag.go:86',
        'conflicting environment variable is shadowed by corresponding command-line flag (either unset environment variable or disable flag))',
        name,
      )
      throw new ExitError(EXIT.error, '')
    }
    flags.set(spec.name, value)
  }
  const known = new Set(specs.map((s) => variable(s.name)))
  for (const [name, value] of Object.entries(p.env))
    if (name.startsWith('ETCDCTL_') && !known.has(name))
      line('warn', 'flags/flag.go:94', 'unrecognized environment variable', `${name}=${value}`)
  if (flags.bool('debug')) debugLines(p, specs, flags)
  return call
}

function debugLines(p: Process, specs: readonly FlagSpec[], flags: Call['flags']): void {
  for (const spec of [...specs].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const text =
      spec.type === 'bool'
        ? String(flags.bool(spec.name))
        : spec.type === 'duration'
          ? goDuration(flags.duration(spec.name))
          : spec.type === 'int'
            ? String(flags.int(spec.name))
            : spec.type === 'stringSlice'
              ? `[${flags.strings(spec.name).join(' ')}]`
              : flags.string(spec.name)
    p.stderr.write(`${variable(spec.name)}=${text}\n`)
  }
}

/** Client TLS material from the flags; undefined when none is asked for. Errors end the command with status 128. */
function clientFiles({ p, flags }: Call): ClientFiles | undefined {
  const [cert, key, ca] = ['cert', 'key', 'cacert'].map((f) => flags.string(f))
  const insecure = flags.bool('insecure-skip-tls-verify')
  if ((cert === '') !== (key === ''))
    throw badArgs(`KeyFile and CertFile must both be present[key: ${key}, cert: ${cert}]`)
  if (!cert && !ca && !insecure) return undefined
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
    const caPem = ca ? read(ca) : undefined
    if (caPem !== undefined) etcdCertPool(caPem)
    return { certPem, keyPem, caPem, insecure }
  } catch (error) {
    throw error instanceof ExitError ? error : badArgs((error as Error).message)
  }
}

/** The client of a command, for all its endpoints or the given ones. */
export function clientOf(
  call: Call,
  endpoints = endpointsOf(call),
  logger: 'etcd-client' | 'client' = 'etcd-client',
): EtcdClient {
  formatOf(call)
  return new EtcdClient(call.p, {
    endpoints,
    files: clientFiles(call),
    logger,
    maxSend: environment(call).flags.int('max-request-bytes'),
  })
}

/** --endpoints, or what the environment says. */
export const endpointsOf = (call: Call): string[] => environment(call).flags.strings('endpoints')

/** --command-timeout in ms; 0 and less mean that every call ends at once, as context.WithTimeout does. */
export const timeoutOf = (call: Call): number => Math.max(0, environment(call).flags.duration('command-timeout'))

const FORMATS = ['simple', 'json', 'fields', 'table', 'protobuf'] as const

/** What -w knows. */
export type Format = (typeof FORMATS)[number]

/** --write-out; `without` are formats that the command does not support. */
export function formatOf(call: Call, without: readonly Format[] = []): Format {
  const format = environment(call).flags.string('write-out') as Format
  if (!FORMATS.includes(format)) throw new ExitError(EXIT.badFeature, 'unsupported output format')
  if (without.includes(format)) throw new ExitError(EXIT.badFeature, `${format} not supported as output format`)
  return format
}
