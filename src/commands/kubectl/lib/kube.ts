import { type Process, put, SysError } from '../../../host/index.ts'
import { byText, type Coro, forNoReason } from '../../../kernel/index.ts'
import { parseGoDuration } from '../../../print/index.ts'
import type { Call, Flags } from '../../lib/cobra.ts'
import { KubeClient } from './client.ts'
import { type Connect, loadedFrom, login, resolveTarget, type Target, userAgent } from './connect.ts'
import { Discovery, type DiscoveryCache, type Resource } from './discovery.ts'
import { CliError, usageError } from './errors.ts'
import { changeCause } from './record.ts'

/** Feature gates of client-go as -v=6 lists them. */
const GATES = [
  'AtomicFIFO=true',
  'ClientsAllowCARotation=true',
  'ClientsAllowCBOR=false',
  'ClientsAllowTLSCacheGC=true',
  'ClientsPreferCBOR=false',
  'InOrderInformers=true',
  'InOrderInformersBatchProcess=true',
  'InformerResourceVersion=true',
  'UnlockWhileProcessingFIFO=true',
  'WatchListClient=true',
]

/** Discovery answers are kept this long in ~/.kube/cache, ms. */
const CACHE_TTL = 6 * 3_600_000

const cachedLists = byText((text): any[] => JSON.parse(text), 4)

/** How often a command asks for a type before it gives up on a silent server, where not four times. */
const LOOK_UPS: Readonly<Record<string, number>> = {
  'cluster-info': 5,
  run: 1,
  'api-resources': 1,
  'api-versions': 1,
  explain: 2,
  taint: 2,
  'can-i': 2,
  role: 2,
  clusterrole: 2,
}

const PROFILES = new Set(['none', 'cpu', 'heap', 'goroutine', 'threadcreate', 'block', 'mutex', 'trace', 'false'])

const DRY_RUN_VALUES = new Set(['none', 'client', 'server'])

/** One run of a kubectl command: its arguments, its output and its way to the cluster. */
export class Kube {
  readonly p: Process
  readonly flags: Flags
  readonly args: readonly string[]
  private resolved: Target | undefined
  private made: KubeClient | undefined
  private found: Discovery | undefined
  private dryRunMode: 'none' | 'client' | 'server' | undefined

  constructor(
    readonly call: Call,
    private readonly connect: Connect,
  ) {
    this.p = call.p
    this.flags = call.flags
    this.args = call.args
  }

  /** Names of the command's own flags. */
  private get own(): ReadonlySet<string> {
    return new Set((this.call.command.spec.flags ?? []).map((flag) => flag.name))
  }

  /** The host's clock, ms since the epoch. */
  now(): number {
    return this.p.now()
  }

  *out(text: string): Coro<void> {
    yield* put(this.p.stdout, text)
  }

  err(text: string): void {
    this.p.stderr.write(text)
  }

  usage(message: string): CliError {
    return usageError(this.call.command.path, message)
  }

  get target(): Target {
    this.resolved ??= resolveTarget(this.p, this.flags, this.own, this.call.command.path)
    return this.resolved
  }

  get namespace(): string {
    return this.target.namespace
  }

  /** True when --namespace was given: objects of other namespaces are then refused. */
  get namespaceGiven(): boolean {
    return this.flags.changed('namespace')
  }

  get verbosity(): number {
    return this.flags.int('v')
  }

  /** --profile names what is measured; nothing is. */
  private checkProfile(): void {
    // debug has a flag of that name of its own.
    if (this.own.has('profile') || !this.flags.has('profile')) return
    const name = this.flags.string('profile')
    if (!PROFILES.has(name)) throw new CliError(`unknown profile '${name}'`)
  }

  /** Asks for a login first where the configuration has none. */
  *client(): Coro<KubeClient> {
    if (this.made) return this.made
    this.checkProfile()
    const { target } = this
    const timeoutMs = this.requestTimeout()
    for (const file of loadedFrom(this.p, this.flags))
      this.log('I', 6, 'loader.go:407', `Config loaded from file:  ${absolute(this.p, file)}`)
    for (const gate of GATES) {
      const [feature, enabled] = gate.split('=')
      this.log('I', 6, 'envvar.go:195', `"Feature gate default state" feature="${feature}" enabled=${enabled}`)
    }
    if (target.needsLogin) yield* login(this.p)
    this.made = new KubeClient(this.p, this.connect(this.p, target), {
      server: target.config.server,
      timeoutMs,
      verbosity: this.verbosity,
      agent: userAgent(this.p),
      log: (level, source, text) => this.log('I', level, source, text),
      cause: changeCause(this.call),
    })
    return this.made
  }

  *discovery(): Coro<Discovery> {
    this.found ??= new Discovery(yield* this.client(), this.cache(), LOOK_UPS[this.call.command.name])
    return this.found
  }

  *resource(typed: string): Coro<Resource> {
    return yield* (yield* this.discovery()).resource(typed)
  }

  /** A klog line on stderr when the verbosity reaches `level`. */
  log(severity: 'I' | 'W' | 'E', level: number, source: string, text: string): void {
    if (this.verbosity < level) return
    const at = new Date(this.now())
    const two = (n: number): string => String(n).padStart(2, '0')
    const time = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}.${String(at.getUTCMilliseconds()).padStart(3, '0')}000`
    this.err(
      `${severity}${two(at.getUTCMonth() + 1)}${two(at.getUTCDate())} ${time} ${String(this.p.pid ?? 1).padStart(7)} ${source}] ${text}\n`,
    )
  }

  /** --request-timeout in ms, 0 for none. */
  requestTimeout(): number {
    const text = this.flags.string('request-timeout')
    if (/^\d+$/.test(text)) return Number(text) * 1000
    try {
      return parseGoDuration(text)
    } catch {
      throw new CliError(
        'Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)',
      )
    }
  }

  /** --dry-run */
  dryRun(): 'none' | 'client' | 'server' {
    this.dryRunMode ??= this.parseDryRun()
    return this.dryRunMode
  }

  private parseDryRun(): 'none' | 'client' | 'server' {
    const value = this.flags.string('dry-run')
    if (DRY_RUN_VALUES.has(value)) return value as 'none'
    if (value === 'unchanged') {
      this.log('W', 0, 'helpers.go:719', '--dry-run is deprecated and can be replaced with --dry-run=client.')
      return 'client'
    }
    if (['true', 'false'].includes(value)) {
      this.log(
        'W',
        0,
        'helpers.go:711',
        `--dry-run=${value} is deprecated (boolean value) and can be replaced with --dry-run=${value === 'true' ? 'client' : 'none'}.`,
      )
      return value === 'true' ? 'client' : 'none'
    }
    throw new CliError(`Invalid dry-run value (${value}). Must be "none", "server", or "client".`)
  }

  /** ` (dry run)` or ` (server dry run)` behind what a command says it did. */
  dryRunSuffix(): string {
    const mode = this.dryRun()
    return mode === 'none' ? '' : mode === 'client' ? ' (dry run)' : ' (server dry run)'
  }

  /** --validate */
  fieldValidation(): 'Strict' | 'Warn' | 'Ignore' {
    const value = this.flags.string('validate')
    const known: Record<string, 'Strict' | 'Warn' | 'Ignore'> = {
      strict: 'Strict',
      true: 'Strict',
      warn: 'Warn',
      ignore: 'Ignore',
      false: 'Ignore',
    }
    if (known[value]) return known[value]
    throw new CliError(
      `invalid - validate option "${value}"; must be one of: strict (or true), warn, ignore (or false)`,
    )
  }

  private cache(): DiscoveryCache {
    const { p } = this
    const dir = this.flags.changed('cache-dir')
      ? this.flags.string('cache-dir')
      : `${p.env.HOME ?? '/root'}/.kube/cache`
    const host = this.target.config.server.replace(/^https?:\/\//, '').replace(/[^A-Za-z0-9.]/g, '_')
    const file = `${dir}/discovery/${host}/servergroups.json`
    let fromCache = false
    return {
      read: () => {
        try {
          const node = p.fs.file(file, '/', p.creds)
          if (this.now() - node.mtime > CACHE_TTL) return undefined
          const value = cachedLists(p.fs.readFile(file, '/', p.creds))
          fromCache = true
          return value
        } catch {
          return undefined
        }
      },
      write: (value) => {
        fromCache = false
        try {
          p.fs.mkdir(file.slice(0, file.lastIndexOf('/')), { parents: true, mode: 0o750, creds: p.creds })
          // What the next kubectl finds here is no reason of what it does.
          forNoReason(() => p.fs.writeFile(file, JSON.stringify(value), { mode: 0o660, creds: p.creds }))
        } catch (error) {
          if (!(error instanceof SysError)) throw error
        }
      },
      failed: (error) =>
        this.log(
          'E',
          0,
          'memcache.go:265',
          `"Unhandled Error" err=${JSON.stringify(`couldn't get current server API group list: ${error.message}`)}`,
        ),
      stale: () => fromCache,
    }
  }
}

const absolute = (p: Process, file: string): string => (file.startsWith('/') ? file : `${p.cwd}/${file}`)
