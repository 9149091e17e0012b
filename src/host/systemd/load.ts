import type { Dir, FsView, Inode } from '../fs/index.ts'
import { type ExecCommand, parseEnvironment, parseExec, specifiers } from './exec-line.ts'
import { parseSpan, parseUnitFile, type Setting } from './unit-file.ts'

type LoadState = 'loaded' | 'not-found' | 'bad-setting' | 'masked' | 'error'

/** [Service] of a unit as systemd understood it. */
export interface ServiceConfig {
  readonly type: 'simple' | 'exec' | 'forking' | 'oneshot' | 'dbus' | 'notify' | 'notify-reload' | 'idle'
  readonly commands: Readonly<Record<ExecKey, readonly ExecCommand[]>>
  readonly restart: 'no' | 'on-success' | 'on-failure' | 'on-abnormal' | 'on-watchdog' | 'on-abort' | 'always'
  readonly restartMs: number
  readonly timeoutStartMs: number
  readonly timeoutStopMs: number
  readonly environment: readonly (readonly [string, string])[]
  /** Paths; a leading `-` makes the file optional. */
  readonly environmentFiles: readonly string[]
  readonly user: string | undefined
  readonly workingDirectory: string | undefined
  readonly remainAfterExit: boolean
  readonly identifier: string | undefined
  readonly tasksMax: string | undefined
  readonly killMode: 'control-group' | 'mixed' | 'process' | 'none'
  readonly killSignal: string
  readonly successExit: readonly string[]
  readonly restartPrevent: readonly string[]
  readonly runtimeDirectory: readonly string[]
}

/** The settings that hold commands. */
export type ExecKey =
  | 'ExecCondition'
  | 'ExecStartPre'
  | 'ExecStart'
  | 'ExecStartPost'
  | 'ExecReload'
  | 'ExecStop'
  | 'ExecStopPost'
const EXEC_KEYS: readonly ExecKey[] = [
  'ExecCondition',
  'ExecStartPre',
  'ExecStart',
  'ExecStartPost',
  'ExecReload',
  'ExecStop',
  'ExecStopPost',
]

/** A unit as systemd has it in memory: what the files said when they were last read. */
export interface UnitConfig {
  readonly name: string
  readonly type: string
  readonly load: LoadState
  readonly fragment: string | undefined
  readonly dropIns: readonly string[]
  readonly description: string
  readonly documentation: readonly string[]
  readonly settings: readonly Setting[]
  readonly warnings: readonly string[]
  readonly wants: readonly string[]
  readonly requires: readonly string[]
  readonly after: readonly string[]
  readonly before: readonly string[]
  readonly conflicts: readonly string[]
  readonly partOf: readonly string[]
  readonly conditions: readonly { readonly key: string; readonly value: string }[]
  readonly startLimitMs: number
  readonly startLimitBurst: number
  readonly service: ServiceConfig | undefined
  /** Changes when any of the files does. */
  readonly signature: string
}

/** Where unit files are looked for, most important first. */
export const UNIT_PATHS = [
  '/etc/systemd/system',
  '/run/systemd/system',
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
]

/** Unit directories that have been found; they are looked up for every unit. */
const directories = new WeakMap<FsView, Map<string, Dir>>()

function directory(fs: FsView, path: string): Dir | undefined {
  let known = directories.get(fs)
  if (!known) directories.set(fs, (known = new Map()))
  const dir = known.get(path)
  if (dir && dir.nlink > 0) return dir
  const node = fs.find(path)
  if (node?.kind !== 'dir') return undefined
  known.set(path, node)
  return node
}

/** An entry of a unit directory, not followed; undefined when either is missing. */
const entryOf = (fs: FsView, dir: string, name: string): Inode | undefined => directory(fs, dir)?.entries.get(name)

const templateOf = (name: string): string | undefined => {
  const at = name.indexOf('@')
  const template = at > 0 ? `${name.slice(0, at + 1)}${name.slice(name.lastIndexOf('.'))}` : undefined
  return template === name ? undefined : template
}

/** The unit's file, or undefined. A symlink to /dev/null masks. */
export function findFragment(fs: FsView, name: string): string | undefined {
  for (const dir of UNIT_PATHS) if (entryOf(fs, dir, name)) return `${dir}/${name}`
  const template = templateOf(name)
  return template === undefined ? undefined : findFragment(fs, template)
}

/** The unit that a name is a symlink to, or the name itself. */
export function aliasTarget(fs: FsView, name: string): string {
  for (const dir of UNIT_PATHS) {
    const node = entryOf(fs, dir, name)
    if (!node) continue
    if (node.kind !== 'symlink' || node.target === '/dev/null') return name
    return node.target.slice(node.target.lastIndexOf('/') + 1)
  }
  return name
}

/** Drop-ins in the order in which they apply: by file name, a name in /etc hiding the same one in /usr. */
export function findDropIns(fs: FsView, name: string): string[] {
  const found = new Map<string, string>()
  const template = templateOf(name)
  for (const unit of template === undefined ? [name] : [name, template])
    for (const dir of UNIT_PATHS) {
      const node = entryOf(fs, dir, `${unit}.d`)
      if (node?.kind !== 'dir') continue
      for (const file of node.entries.keys())
        if (file.endsWith('.conf') && !found.has(file)) found.set(file, `${dir}/${unit}.d/${file}`)
    }
  return [...found].sort((a, b) => (a[0] < b[0] ? -1 : 1)).map(([, path]) => path)
}

/** What identifies the present contents of the unit's files. */
export function signatureOf(fs: FsView, name: string): string {
  const fragment = findFragment(fs, name)
  if (!fragment) return ''
  return [fragment, ...findDropIns(fs, name)]
    .map((path) => {
      const node = fs.find(path)
      return `${path}:${node?.ino}:${node?.mtime}`
    })
    .join(' ')
}

/** Units that have a link in `<name>.wants` or `<name>.requires`. */
export function linkedDependencies(fs: FsView, name: string, kind: 'wants' | 'requires'): string[] {
  const out = new Set<string>()
  for (const dir of UNIT_PATHS) {
    const node = entryOf(fs, dir, `${name}.${kind}`)
    if (node?.kind === 'dir') for (const entry of node.entries.keys()) out.add(entry)
  }
  return [...out]
}

/** Reads a unit and its drop-ins from the file system. */
export function loadUnit(fs: FsView, name: string, hostname: string): UnitConfig {
  const type = name.slice(name.lastIndexOf('.') + 1)
  const fragment = findFragment(fs, name)
  const empty = {
    name,
    type,
    fragment,
    dropIns: [],
    description: name,
    documentation: [],
    settings: [],
    warnings: [],
    wants: [],
    requires: [],
    after: [],
    before: [],
    conflicts: [],
    partOf: [],
    conditions: [],
    startLimitMs: 10_000,
    startLimitBurst: 5,
    service: undefined,
    signature: signatureOf(fs, name),
  } satisfies Omit<UnitConfig, 'load'>
  // A service without a file has a service's defaults: one that is running can still be stopped.
  const bare = (load: 'not-found' | 'masked'): UnitConfig => ({
    ...empty,
    load,
    service: interpreted(name, type, [], hostname).service,
  })
  if (!fragment) return bare('not-found')
  const node = fs.lresolve(fragment)
  if (node.kind === 'symlink' && node.target === '/dev/null') return bare('masked')
  const dropIns = findDropIns(fs, name)
  const sources: Source[] = []
  for (const path of [fragment, ...dropIns]) {
    const file = fs.find(path)
    if (file?.kind === 'file') sources.push({ path, text: file.read() })
    else if (path === fragment && file?.kind !== 'special') return bare('not-found')
  }
  const read = interpreted(name, type, sources, hostname)
  return {
    ...empty,
    ...read,
    dropIns,
    wants: [...read.wants, ...linkedDependencies(fs, name, 'wants')],
    requires: [...read.requires, ...linkedDependencies(fs, name, 'requires')],
  }
}

interface Source {
  readonly path: string
  readonly text: string
}

type Interpreted = Omit<UnitConfig, 'name' | 'type' | 'fragment' | 'dropIns' | 'signature'>

/** Interpretations of file contents; every machine of a world has the same units. */
const memo = new Map<string, Interpreted>()
const MEMO_LIMIT = 2000

function interpreted(name: string, type: string, sources: readonly Source[], hostname: string): Interpreted {
  const own = sources.some((s) => s.text.includes('%H')) ? hostname : ''
  const key = JSON.stringify([name, own, sources])
  let result = memo.get(key)
  if (!result) {
    if (memo.size > MEMO_LIMIT) memo.clear()
    memo.set(key, (result = interpret(name, type, sources, hostname)))
  }
  return result
}

function interpret(name: string, type: string, sources: readonly Source[], hostname: string): Interpreted {
  const files = sources.map((s) => parseUnitFile(s.text, s.path))
  const settings = files.flatMap((f) => f.settings)
  const warnings = files.flatMap((f) => f.warnings)
  const read = reader(settings, name, hostname)
  const service = type === 'service' ? serviceConfig(read, warnings) : undefined
  const problem = service ? refusal(name, service, settings) : undefined
  if (problem) warnings.push(problem)
  return {
    load: problem ? 'bad-setting' : 'loaded',
    description: read.last('Unit', 'Description') ?? name,
    documentation: read.words('Unit', 'Documentation'),
    settings,
    warnings,
    wants: read.words('Unit', 'Wants'),
    requires: [...read.words('Unit', 'Requires'), ...read.words('Unit', 'BindsTo')],
    after: read.words('Unit', 'After'),
    before: read.words('Unit', 'Before'),
    conflicts: read.words('Unit', 'Conflicts'),
    partOf: read.words('Unit', 'PartOf'),
    conditions: settings
      .filter((s) => s.section === 'Unit' && s.key.startsWith('Condition') && s.value !== '')
      .map((s) => ({ key: s.key, value: specifiers(s.value, name, hostname) })),
    startLimitMs: read.span('StartLimitIntervalSec', 'StartLimitInterval') ?? 10_000,
    startLimitBurst: Number(read.last('Unit', 'StartLimitBurst') ?? read.last('Service', 'StartLimitBurst') ?? 5),
    service,
  }
}

interface Reader {
  last(section: string, key: string): string | undefined
  /** All assignments; an empty one clears what came before. */
  all(section: string, key: string): string[]
  words(section: string, key: string): string[]
  /** A time span under either of the keys, in [Unit] or [Service]. */
  span(...keys: string[]): number | undefined
}

function reader(settings: readonly Setting[], name: string, hostname: string): Reader {
  const all = (section: string, key: string): string[] => {
    const out: string[] = []
    for (const s of settings)
      if (s.section === section && s.key === key) {
        if (s.value === '') out.length = 0
        else out.push(specifiers(s.value, name, hostname))
      }
    return out
  }
  const last = (section: string, key: string): string | undefined => all(section, key).at(-1)
  return {
    all,
    last,
    words: (section, key) => all(section, key).flatMap((v) => v.split(/\s+/).filter(Boolean)),
    span: (...keys) => {
      for (const s of [...settings].reverse())
        if ((s.section === 'Unit' || s.section === 'Service') && keys.includes(s.key)) {
          const ms = parseSpan(s.value)
          if (ms !== undefined) return ms
        }
      return undefined
    },
  }
}

function serviceConfig(read: Reader, warnings: string[]): ServiceConfig {
  const last = (key: string): string | undefined => read.last('Service', key)
  const commands = Object.fromEntries(
    EXEC_KEYS.map((key) => [key, read.all('Service', key).flatMap((line) => parseExec(line))]),
  ) as unknown as Record<ExecKey, ExecCommand[]>
  for (const key of EXEC_KEYS)
    commands[key] = commands[key].filter((c) => {
      if (c.path.startsWith('/') || !c.path.includes('/')) return true
      warnings.push(`Neither a valid executable name nor an absolute path: ${c.path}`)
      return false
    })
  const type = (last('Type') ?? (last('BusName') ? 'dbus' : 'simple')) as ServiceConfig['type']
  const both = read.span('TimeoutSec')
  return {
    type,
    commands,
    restart: (last('Restart') ?? 'no') as ServiceConfig['restart'],
    restartMs: read.span('RestartSec') ?? 100,
    timeoutStartMs: zeroIsInfinite(read.span('TimeoutStartSec') ?? both ?? (type === 'oneshot' ? 0 : 90_000)),
    timeoutStopMs: zeroIsInfinite(read.span('TimeoutStopSec') ?? both ?? 90_000),
    environment: read.all('Service', 'Environment').flatMap(parseEnvironment),
    environmentFiles: read.all('Service', 'EnvironmentFile'),
    user: last('User'),
    workingDirectory: last('WorkingDirectory'),
    remainAfterExit: /^(yes|true|1|on)$/.test(last('RemainAfterExit') ?? ''),
    identifier: last('SyslogIdentifier'),
    tasksMax: last('TasksMax'),
    killMode: (last('KillMode') ?? 'control-group') as ServiceConfig['killMode'],
    killSignal: last('KillSignal') ?? 'SIGTERM',
    successExit: read.words('Service', 'SuccessExitStatus'),
    restartPrevent: read.words('Service', 'RestartPreventExitStatus'),
    runtimeDirectory: read.words('Service', 'RuntimeDirectory'),
  }
}

const zeroIsInfinite = (ms: number): number => (ms === 0 ? Number.POSITIVE_INFINITY : ms)

function refusal(name: string, s: ServiceConfig, settings: readonly Setting[]): string | undefined {
  const starts = s.commands.ExecStart.length
  if (starts === 0 && s.commands.ExecStop.length === 0 && !settings.some((x) => x.key === 'SuccessAction'))
    return `${name}: Service has no ExecStart=, ExecStop=, or SuccessAction=. Refusing.`
  if (starts === 0 && !s.remainAfterExit && s.type !== 'oneshot')
    return `${name}: Service has no ExecStart= setting, which is only allowed for RemainAfterExit=yes services. Refusing.`
  if (starts > 1 && s.type !== 'oneshot')
    return `${name}: Service has more than one ExecStart= setting, which is only allowed for Type=oneshot services. Refusing.`
  if (s.type === 'oneshot' && (s.restart === 'always' || s.restart === 'on-success'))
    return `${name}: Service has Restart= set to either always or on-success, which isn't allowed for Type=oneshot services. Refusing.`
  return undefined
}
