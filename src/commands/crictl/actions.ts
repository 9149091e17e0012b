import { Capture, type Process, SysError, shellStatus } from '../../host/index.ts'
import { type Coro, waitFor } from '../../kernel/index.ts'
import { type Container, GrpcError } from '../../programs/containerd/index.ts'
import { type Context, EMPTY_CONFIG, Fatal, UsagePage } from './context.ts'
import { json, nanos, short, size, table, yaml } from './format.ts'
import { filterContainers, filterPods, sorted } from './lists.ts'
import type { Parsed } from './options.ts'

const plain = (error: GrpcError): string => (error.code === 'Unknown' ? error.desc : error.message)

/** `crictl stop`: asks containers to end, with --timeout seconds of grace (0: at once). */
export function* stop(ctx: Context, o: Parsed): Coro {
  const cri = ctx.runtime()
  const ids = o.has('all') ? filterContainers(cri, o, false).map((c) => c.id) : o.args
  if (ids.length === 0) throw new UsageText('you must specify at least one CONTAINER-ID or use --all')
  for (const id of ids) {
    yield* cri.stopContainer(id, o.number('timeout', 0))
    ctx.out(`${id}\n`)
  }
}

/** Printed alone on stderr, exit 1. */
export class UsageText extends Error {}

/** `crictl rm`: removes containers; what fails is told at the end, after the others. */
export function* rm(ctx: Context, o: Parsed): Coro {
  const cri = ctx.runtime()
  const ids = o.has('all') ? filterContainers(cri, o, true).map((c) => c.id) : [...o.args]
  if (ids.length === 0) {
    if (!o.has('all')) throw new UsagePage()
    ctx.log('info', 'No containers to remove')
  }
  const failures: string[] = []
  for (const id of ids) {
    try {
      const c = cri.container(id)
      if (c.state === 'CONTAINER_RUNNING') {
        if (!o.has('force')) {
          failures.push(`container ${JSON.stringify(id)} is running, please stop it first`)
          continue
        }
        yield* cri.stopContainer(id, 0)
        ctx.out(`${id}\n`)
      }
      yield* cri.removeContainer(id)
      ctx.out(`${id}\n`)
    } catch (error) {
      if (!(error instanceof GrpcError)) throw error
      ctx.klog.error('remote_runtime.go:569', 'ContainerStatus from runtime service failed', error.message, {
        containerID: id,
      })
      failures.push(`getting container status ${JSON.stringify(id)}: ${error.message}`)
    }
  }
  if (failures.length > 0) throw new Fatal(failures.join('\n'))
}

/** `crictl start`: starts created containers. */
export function* start(ctx: Context, ids: readonly string[]): Coro {
  const cri = ctx.runtime()
  if (ids.length === 0) throw new Fatal('ID cannot be empty')
  for (const id of ids) {
    try {
      yield* cri.startContainer(id)
      ctx.out(`${id}\n`)
    } catch (error) {
      if (!(error instanceof GrpcError)) throw error
      ctx.klog.error('remote_runtime.go:435', 'StartContainer from runtime service failed', error.message, {
        containerID: id,
      })
      throw new Fatal(`starting the container ${JSON.stringify(id)}: ${error.message}`)
    }
  }
}

/** `crictl stopp`: stops sandboxes with everything in them. */
export function* stopp(ctx: Context, o: Parsed): Coro {
  const cri = ctx.runtime()
  for (const id of o.args) {
    yield* cri.stopPodSandbox(id)
    ctx.out(`Stopped sandbox ${id}\n`)
  }
}

/** `crictl rmp`: removes sandboxes; what fails is told at the end, after the others. */
export function* rmp(ctx: Context, o: Parsed): Coro {
  const cri = ctx.runtime()
  const ids = o.has('all') ? filterPods(cri, o).map((s) => s.id) : [...o.args]
  if (ids.length === 0) {
    if (!o.has('all')) throw new UsagePage()
    ctx.log('info', 'No pods to remove')
  }
  const failures: string[] = []
  for (const id of ids) {
    try {
      const s = cri.podSandbox(id)
      if (s.state === 'SANDBOX_READY') {
        if (!o.has('force')) {
          failures.push(`pod sandbox ${JSON.stringify(id)} is running, please stop it first`)
          continue
        }
        yield* cri.stopPodSandbox(id)
      }
      yield* cri.removePodSandbox(id)
      ctx.out(`Removed sandbox ${id}\n`)
    } catch (error) {
      if (!(error instanceof GrpcError)) throw error
      failures.push(`getting sandbox status of pod ${JSON.stringify(id)}: ${error.message}`)
    }
  }
  if (failures.length > 0) throw new Fatal(failures.join('\n'))
}

/** `crictl pull`: fetches one image. */
export function* pull(ctx: Context, o: Parsed): Coro {
  const [name] = o.args
  if (!name) throw new Fatal('image name cannot be empty')
  if (o.has('creds') && o.has('auth')) throw new Fatal('both `--creds` and `--auth` are specified')
  const cri = ctx.image()
  try {
    const id = yield* cri.pullImage(name, o.has('creds') || o.has('auth') || o.has('username'))
    const digest = [...(cri.imageStatus(id)?.digests ?? [])][0]
    ctx.out(`Image is up to date for ${digest ?? id}\n`)
  } catch (error) {
    if (!(error instanceof GrpcError)) throw error
    ctx.klog.error('remote_image.go:250', 'PullImage from image service failed', error.message, { image: name })
    throw new Fatal(`pulling image: ${plain(error)}`)
  }
}

/** `crictl rmi`: removes images; --prune those that no container uses. */
export function rmi(ctx: Context, o: Parsed): void {
  const cri = ctx.image()
  let ids = [...o.args]
  if (o.has('prune')) {
    const used = new Set(
      ctx
        .runtime()
        .listContainers()
        .map((c) => c.config.imageId),
    )
    ids = cri
      .listImages()
      .filter((s) => !used.has(s.image.id) && !s.pinned)
      .map((s) => s.image.id)
  } else if (o.has('all')) ids = [...cri.listImages().map((s) => s.image.id), ...ids]
  else if (ids.length === 0) throw new UsagePage()
  const failures: string[] = []
  for (const id of ids) {
    const s = cri.imageStatus(id)
    if (!s) {
      failures.push(`no such image ${id}`)
      continue
    }
    const tags = [...s.tags].sort()
    if (tags.length > 1 && !id.startsWith('sha256:') && !o.has('prune') && !o.has('all')) {
      ctx.log(
        'warning',
        `Image ${JSON.stringify(id)} has multiple tags. Removing this image will delete all of the following tags:`,
      )
      for (const t of tags) ctx.log('warning', `  ${t}`)
    }
    cri.removeImage(id)
    for (const t of tags.length > 0 ? tags : [s.image.id]) ctx.out(`Deleted: ${t}\n`)
  }
  if (failures.length > 0) throw new Fatal(failures.join('\n'))
}

/** `crictl exec`: runs a command in a container. Returns its exit code. */
export function* exec(ctx: Context, o: Parsed): Coro<number> {
  const cri = ctx.runtime()
  const filtered =
    ['image', 'name', 'pod', 'state', 'last'].some((f) => o.get(f)) || o.has('latest') || o.all('label').length > 0
  const ids = filtered ? filterContainers(cri, o, false).map((c) => c.id) : o.args.slice(0, 1)
  const command = filtered ? o.args : o.args.slice(1)
  if (ids.length === 0) throw new UsagePage('No containers found per filter flags')
  if (command.length === 0) throw new UsagePage()
  const lenient = o.has('ignore-errors')
  if (lenient)
    ctx.log('warning', 'The `--ignore-errors` option has been set all errors returned by the command will be ignored.')
  for (const id of ids) {
    try {
      yield* execOne(ctx, o, id, command)
    } catch (error) {
      if (!(lenient && error instanceof Fatal)) throw error
    }
  }
  return 0
}

function* execOne(ctx: Context, o: Parsed, id: string, command: readonly string[]): Coro {
  const cri = ctx.runtime()
  const { p } = ctx
  const fail = (text: string): Fatal =>
    new Fatal(`execing command in container ${id}${o.has('sync') ? ' synchronously' : ''}: ${text}`)
  if (o.has('tty') && o.has('interactive') && !p.stdin.isTty) throw fail('input is not a terminal')
  const sync = o.has('sync')
  const out = new Capture()
  let process: Process
  try {
    process = cri.exec(id, command, {
      stdin: o.has('interactive') ? p.stdin : undefined,
      stdout: sync ? out : p.stdout,
      stderr: p.stderr,
      tty: o.has('tty'),
    })
  } catch (error) {
    if (!(error instanceof GrpcError)) throw error
    const fresh =
      error.code === 'NotFound'
        ? new GrpcError('NotFound', `failed to find container ${JSON.stringify(id)} in store: not found`)
        : error
    if (/OCI runtime exec/.test(error.desc) && !sync)
      throw fail(`Internal error occurred: error executing command in container: ${error.desc}`)
    ctx.klog.error(
      sync ? 'remote_runtime.go:636' : 'remote_runtime.go:672',
      sync ? 'ExecSync cmd from runtime service failed' : 'Exec cmd from runtime service failed',
      fresh.message,
      { containerID: id, cmd: command },
    )
    throw fail(fresh.message)
  }
  while (!process.status) yield* waitFor(process.exited)
  if (sync) p.stdout.write(out.text())
  const code = shellStatus(process.status)
  if (code !== 0) throw fail(`command terminated with exit code ${code}`)
}

/** `crictl stats`: CPU and memory of containers, from their cgroups. */
export function stats(ctx: Context, o: Parsed): void {
  const cri = ctx.runtime()
  let list = filterContainers(cri, o, o.has('all'))
  if (o.args[0]) list = list.filter((c) => c.id.startsWith(o.args[0]))
  list = list.sort((a, b) => (a.id < b.id ? -1 : 1))
  const of = (cgroup: string): { memory: number; cpu: number } => {
    let memory = 0
    let cpu = 0
    for (const p of ctx.p.host.processes.values())
      if (p.cgroup === cgroup) {
        memory += p.rss
        cpu += p.cpuMilli
      }
    return { memory, cpu }
  }
  if (o.get('output') === 'json' || o.get('output') === 'yaml') {
    const value = {
      stats: list.map((c) => ({
        attributes: {
          id: c.id,
          metadata: { name: c.config.name, attempt: c.config.attempt },
          labels: sorted(c.config.labels),
          annotations: sorted(c.config.annotations),
        },
        ...usage(ctx, c, of(c.cgroup)),
      })),
    }
    return ctx.out(o.get('output') === 'json' ? json(value) : yaml(value))
  }
  ctx.out('\u001b[2J\u001b[H')
  ctx.out(
    table([
      ['CONTAINER', 'NAME', 'CPU %', 'MEM', 'DISK', 'INODES', 'SWAP'],
      ...list.map((c) => [
        short(c.id),
        c.config.name,
        (of(c.cgroup).cpu / 10).toFixed(2),
        size(of(c.cgroup).memory, 4),
        '40.96kB',
        '13',
        '0B',
      ]),
    ]),
  )
}

/** What cgroups account for a container, as CRI's ContainerStats. */
function usage(ctx: Context, c: Container, of: { memory: number; cpu: number }): object {
  const timestamp = nanos(ctx.p.now())
  const value = (n: number): { value: string } => ({ value: String(Math.round(n)) })
  const limit = c.config.resources.memoryLimit
  return {
    cpu: {
      timestamp,
      usageCoreNanoSeconds: value((ctx.p.now() - c.startedAt) * 1000 * of.cpu),
      usageNanoCores: value(of.cpu * 1_000_000),
    },
    memory: {
      timestamp,
      workingSetBytes: value(of.memory),
      availableBytes: value(limit > 0 ? limit - of.memory : 0),
      usageBytes: value(of.memory),
      rssBytes: value(of.memory * 0.28),
      pageFaults: value(of.memory / 64),
      majorPageFaults: value(0),
    },
    writableLayer: {
      timestamp,
      fsId: { mountpoint: '/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs' },
      usedBytes: value(40_960),
      inodesUsed: value(13),
    },
  }
}

/** `crictl statsp`: CPU and memory of ready sandboxes. */
export function statsp(ctx: Context, o: Parsed): void {
  const cri = ctx.runtime()
  let list = filterPods(cri, o).filter((s) => s.state === 'SANDBOX_READY')
  if (o.args[0]) list = list.filter((s) => s.id.startsWith(o.args[0]))
  const memory = (parent: string): number => {
    let sum = 0
    for (const p of ctx.p.host.processes.values()) if (p.cgroup.startsWith(`${parent}/`)) sum += p.rss
    return sum
  }
  ctx.out('\u001b[2J\u001b[H')
  ctx.out(
    table([
      ['POD', 'POD ID', 'CPU %', 'MEM'],
      ...list.map((s) => [s.config.name, short(s.id), '0.00', size(memory(s.config.cgroupParent), 4)]),
    ]),
  )
}

/** The value of an option of crictl.yaml. Throws Fatal. Models setValue. */
function settingOf(key: keyof typeof EMPTY_CONFIG, text: string): string | number | boolean {
  const refused = (fn: string): Fatal =>
    new Fatal(`parse ${key} value '${text}': strconv.${fn}: parsing ${JSON.stringify(text)}: invalid syntax`)
  switch (typeof EMPTY_CONFIG[key]) {
    case 'number':
      if (!/^[+-]?\d+$/.test(text)) throw refused('Atoi')
      return Number(text)
    case 'boolean':
      if (!/^(?:1|0|t|f|T|F|true|false|TRUE|FALSE|True|False)$/.test(text)) throw refused('ParseBool')
      return /^[1tT]/.test(text)
    default:
      return text
  }
}

/** `crictl config`: shows or changes /etc/crictl.yaml. */
export function config(ctx: Context, o: Parsed): void {
  const keys = Object.keys(EMPTY_CONFIG) as (keyof typeof EMPTY_CONFIG)[]
  const known = (name: string): keyof typeof EMPTY_CONFIG => {
    if (!keys.includes(name as never)) throw new Fatal(`no configuration option named ${name}`)
    return name as never
  }
  const save = (next: typeof EMPTY_CONFIG): void => {
    try {
      ctx.p.fs.writeFile(
        ctx.configPath,
        keys
          .map((k) => `${k}: ${typeof next[k] === 'string' ? (next[k] === '' ? '""' : next[k]) : next[k]}\n`)
          .join(''),
        { cwd: ctx.p.cwd, creds: ctx.p.creds },
      )
    } catch (error) {
      if (error instanceof SysError) throw new Fatal(`write config: ${error.goMessage}`)
      throw error
    }
  }
  const set = (pairs: readonly string[]): void => {
    const next: any = { ...ctx.config }
    for (const pair of pairs.flatMap((p) => p.split(','))) {
      const at = pair.indexOf('=')
      if (at < 0) throw new Fatal(`incorrectly specified option: ${pair}`)
      const key = known(pair.slice(0, at))
      next[key] = settingOf(key, pair.slice(at + 1))
    }
    save(next)
  }
  const get = o.get('get')
  if (get !== undefined) return ctx.out(`${ctx.config[known(get)]}\n`)
  if (o.has('list')) {
    ctx.out('\u001b[2J\u001b[H')
    return ctx.out(table([['KEY', 'VALUE'], ...keys.map((k) => [k, String(ctx.config[k])])]))
  }
  const pairs = o.all('set')
  if (pairs.length > 0) return set(pairs)
  const [name, value = ''] = o.args[0]?.includes('=') ? o.args[0].split('=', 2) : o.args
  if (name === undefined) throw new UsagePage()
  ctx.log(
    'info',
    `No --get, --set or --list provided, setting key ${JSON.stringify(name)} to value ${JSON.stringify(value)}`,
  )
  try {
    set([`${name}=${value}`])
  } catch (error) {
    if (!(error instanceof Fatal)) throw error
    throw new Fatal(`set ${JSON.stringify(name)} to ${JSON.stringify(value)}: ${error.message}`)
  }
}
