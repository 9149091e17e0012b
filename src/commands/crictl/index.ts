import type { Process, Program } from '../../host/index.ts'
import { type Coro, sleep } from '../../kernel/index.ts'
import { GrpcError } from '../../programs/containerd/index.ts'
import * as actions from './actions.ts'
import { Context, Fatal, UsagePage } from './context.ts'
import { create, run, runp } from './create.ts'
import { json, nanos } from './format.ts'
import { info } from './info.ts'
import { inspect, inspecti, inspectp } from './inspect.ts'
import * as lists from './lists.ts'
import { logs } from './logs.ts'
import { BadUsage, type Parsed, parseOptions } from './options.ts'
import { PAGES } from './pages.ts'

type Run = (ctx: Context, o: Parsed) => Coro<unknown> | void

function version(ctx: Context): void {
  const cri = ctx.runtime()
  if (ctx.debug) ctx.log('debug', 'VersionRequest: version:"v1"')
  const v = cri.version()
  if (ctx.debug)
    ctx.log(
      'debug',
      `VersionResponse: version:"${v.version}" runtime_name:"${v.runtimeName}" runtime_version:"${v.runtimeVersion}" runtime_api_version:"${v.runtimeApiVersion}"`,
    )
  ctx.out(
    `Version:  ${v.version}\nRuntimeName:  ${v.runtimeName}\nRuntimeVersion:  ${v.runtimeVersion}\nRuntimeApiVersion:  ${v.runtimeApiVersion}\n`,
  )
}

function imagefsinfo(ctx: Context): void {
  const cri = ctx.image()
  const used = cri.listImages().reduce((n, s) => n + s.diskUsage, 0)
  const status = {
    containerFilesystems: [],
    imageFilesystems: [
      {
        fsId: { mountpoint: '/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs' },
        inodesUsed: { value: '1152' },
        timestamp: nanos(ctx.p.now()),
        usedBytes: { value: String(used) },
      },
    ],
  }
  ctx.out(json({ status }, true))
}

function metricsp(ctx: Context): void {
  ctx.runtime()
  const error = new GrpcError('Unimplemented', 'method ListPodSandboxMetrics not implemented')
  ctx.klog.error('remote_runtime.go:1127', 'ListPodSandboxMetrics from runtime service failed', error.message)
  throw new Fatal(`get pod metrics: list pod sandbox metrics: ${error.message}`)
}

const COMMANDS: Readonly<Record<string, Run>> = {
  ps: lists.ps,
  pods: lists.pods,
  images: lists.images,
  inspect,
  inspectp,
  inspecti,
  logs,
  exec: actions.exec,
  stop: actions.stop,
  start: (ctx, o) => actions.start(ctx, o.args),
  rm: actions.rm,
  stopp: actions.stopp,
  rmp: actions.rmp,
  pull: actions.pull,
  runp,
  create,
  run,
  rmi: actions.rmi,
  stats: actions.stats,
  statsp: actions.statsp,
  config: actions.config,
  version,
  info,
  imagefsinfo,
  metricsp,
  'runtime-config': (ctx) =>
    ctx.out(`cgroup driver:   ${ctx.runtime().settings.systemdCgroup ? 'SYSTEMD' : 'CGROUPFS'}\n`),
}

const ALIASES: Record<string, string> = { img: 'images', image: 'images', event: 'events' }
/** Listed by the real one, absent here. */
const ABSENT = [
  'attach',
  'checkpoint',
  'completion',
  'events',
  'metricdescs',
  'port-forward',
  'update',
  'update-runtime-config',
]
/** How many arguments a command takes, at least and at most; with others it prints its page. */
const ARGUMENTS: Readonly<Record<string, readonly [least: number, most: number]>> = {
  create: [3, 3],
  events: [0, 0],
  exec: [1, Number.POSITIVE_INFINITY],
  images: [0, 1],
  info: [0, 0],
  logs: [0, 1],
  metricdescs: [0, 0],
  metricsp: [0, 0],
  'port-forward': [2, Number.POSITIVE_INFINITY],
  ps: [0, 0],
  pods: [0, 0],
  pull: [0, 1],
  run: [2, 2],
  runp: [1, 1],
  stats: [0, 1],
  statsp: [0, 1],
  stopp: [1, Number.POSITIVE_INFINITY],
  version: [0, 0],
}

/** What `crictl help COMMAND` shows: of a command with commands of its own only how it is called. */
const asTopic = (page: string): string => page.replace(/\nCOMMANDS:\n[\s\S]*/, '\n')

/** The page after a mistake in the options, which knows of the help command that each command has. */
const asUsage = (page: string): string =>
  page.includes('\nCOMMANDS:\n')
    ? page
    : page.replace(
        '\nOPTIONS:\n',
        '\nCOMMANDS:\n   help, h  Shows a list of commands or help for one command\n\nOPTIONS:\n',
      )

/** crictl: the CRI's debugging client. Models cri-tools 1.36. */
export const crictl: Program = {
  name: 'crictl',
  *main(p) {
    yield* sleep(p.host.kernel, 25)
    let globals: Parsed
    try {
      globals = parseOptions('', p.argv.slice(1))
    } catch (error) {
      if (!(error instanceof BadUsage)) throw error
      p.stdout.write(`Incorrect Usage: ${error.message}\n\n${PAGES['']}`)
      return fatal(p, error.message)
    }
    const [word, ...rest] = globals.args
    if (globals.has('version')) {
      p.stdout.write('crictl version v1.36.0\n')
      return 0
    }
    if (word === undefined || globals.has('help') || word === 'help' || word === 'h') {
      const topic = (word === 'help' || word === 'h') && rest[0]
      if (!topic) {
        p.stdout.write(PAGES[''])
        return 0
      }
      const about = PAGES[ALIASES[topic] ?? topic]
      if (about) p.stdout.write(asTopic(about))
      else p.stderr.write(`No help topic for '${topic}'\n`)
      return about ? 0 : 3
    }
    const name = ALIASES[word] ?? word
    const run = COMMANDS[name]
    if (!run && !ABSENT.includes(name)) {
      p.stderr.write(`No help topic for '${word}'\n`)
      return 3
    }
    return yield* command(p, globals, name, run, rest)
  },
}

function fatal(p: Process, message: string): number {
  if (message)
    p.stderr.write(
      `time="${new Date(p.now()).toISOString().slice(0, 19)}Z" level=fatal msg=${JSON.stringify(message)}\n`,
    )
  return 1
}

function* command(
  p: Process,
  globals: Parsed,
  name: string,
  run: Run | undefined,
  argv: readonly string[],
): Coro<number> {
  const ctx = new Context(p, globals)
  try {
    let o: Parsed
    try {
      o = parseOptions(name, argv)
    } catch (error) {
      if (!(error instanceof BadUsage)) throw error
      p.stdout.write(`Incorrect Usage: ${error.message}\n\n${asUsage(PAGES[name])}`)
      return fatal(p, error.message)
    }
    if (o.has('help')) {
      p.stdout.write(PAGES[name])
      return 0
    }
    const [least, most] = ARGUMENTS[name] ?? [0, Number.POSITIVE_INFINITY]
    if (o.args.length < least || o.args.length > most) throw new UsagePage()
    if (!run) {
      p.stderr.write(`crictl ${name}: not simulated in this game\n`)
      return 127
    }
    if (!(name === 'logs' && o.args.length === 0)) ctx.load()
    const coro = run(ctx, o)
    if (coro) yield* coro
    return 0
  } catch (error) {
    if (error instanceof UsagePage) {
      if (error.message) ctx.log('error', error.message)
      p.stdout.write(asUsage(PAGES[name]))
      return 0
    }
    if (error instanceof actions.UsageText) {
      p.stderr.write(`${error.message}\n`)
      return 1
    }
    if (error instanceof Fatal) return fatal(p, error.message)
    if (error instanceof GrpcError) return fatal(p, error.message)
    throw error
  }
}
