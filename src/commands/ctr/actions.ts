import type { Process } from '../../host/index.ts'
import { signalNumber } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { type Container, type CriServer, ended, type PlainContainer } from '../../programs/containerd/index.ts'
import { getoptLong } from '../../shell/getopt.ts'

/** One call of ctr: who calls, whom, and about which namespace. */
export interface Ctr {
  readonly p: Process
  readonly cri: CriServer
  readonly namespace: string
}

/** Ends the command: `ctr: …`. */
export class CtrError extends Error {
  constructor(
    message: string,
    readonly status = 1,
  ) {
    super(message)
  }
}

/** A line of `containers ls` and `tasks ls`. */
interface Row {
  readonly id: string
  readonly image: string
  readonly pid: number | undefined
  /** Of its task, if it has one. */
  readonly status: string | undefined
  readonly container?: Container
  readonly plain?: PlainContainer
}

/** All of a namespace. Pause containers belong to containerd's namespace k8s.io as well. */
export function containers({ cri, namespace }: Ctr): Row[] {
  const rows: Row[] = cri.namespaces.containers(namespace).map((plain) => ({
    id: plain.container.id,
    image: plain.ref,
    pid: plain.container.process?.pid ?? 0,
    status: plain.task?.toUpperCase(),
    container: plain.container,
    plain,
  }))
  if (namespace === 'k8s.io') {
    const running = (pid: number | undefined): string | undefined => (pid === undefined ? undefined : 'RUNNING')
    for (const s of cri.listPodSandbox())
      rows.push({ id: s.id, image: cri.settings.sandboxImage, pid: s.process?.pid, status: running(s.process?.pid) })
    for (const c of cri.listContainers())
      rows.push({
        id: c.id,
        image: [...(cri.imageStatus(c.config.imageId)?.tags ?? [])][0] ?? c.config.image,
        pid: c.process?.pid,
        status: running(c.process?.pid),
        container: c,
      })
  }
  return rows.sort((a, b) => (a.id < b.id ? -1 : 1))
}

function find(ctr: Ctr, id: string): Row {
  const found = containers(ctr).find((r) => r.id === id)
  if (!found)
    throw new CtrError(`container ${JSON.stringify(id)} in namespace ${JSON.stringify(ctr.namespace)}: not found`)
  return found
}

const noTask = (id: string): CtrError => new CtrError(`no running task found: task ${id} not found: not found`)

/** A line of the log that ctr writes to stderr, as logrus does. */
function log({ p }: Ctr, level: 'warning' | 'error', message: string, error?: string): void {
  const quoted = (text: string): string => (/[^\w./-]/.test(text) ? JSON.stringify(text) : text)
  if (p.stderr.isTty)
    p.stderr.write(
      `${level === 'error' ? 'ERRO' : 'WARN'}[0000] ${message.padEnd(error === undefined ? 0 : 44)}${error === undefined ? '' : `  error=${quoted(error)}`} \n`,
    )
  else
    p.stderr.write(
      `time="${new Date(p.now()).toISOString().slice(0, 19)}Z" level=${level} msg=${quoted(message)}${error === undefined ? '' : ` error=${quoted(error)}`}\n`,
    )
}

type Act = (ctr: Ctr, args: readonly string[]) => Coro<string | number>

/** Options first, then arguments. */
function options(args: readonly string[], flags: readonly string[], values: readonly string[]) {
  const found = new Map<string, string>()
  const rest: string[] = []
  const takes = (name: string): 'none' | 'value' => (values.includes(name) ? 'value' : 'none')
  const names = [...flags, ...values]
  const grammar = {
    short: (letter: string) => {
      const name = names.find((one) => one.endsWith(`,${letter}`) || one === letter)
      return name === undefined ? undefined : { key: name.split(',')[0], takes: takes(name) }
    },
    long: names.map((one) => ({ name: one.split(',')[0], key: one.split(',')[0], takes: takes(one) })),
    ordered: true,
    wrong: (message: string) => new CtrError(`not simulated: ${message}`, 127),
  }
  for (const [key, text] of getoptLong(args, grammar))
    if (key === undefined) rest.push(text)
    else found.set(key, text)
  return { has: (name: string) => found.has(name), get: (name: string) => found.get(name), rest }
}

function* kill(ctr: Ctr, args: readonly string[]): Coro<string> {
  const o = options(args, ['all,a'], ['signal,s', 'exec-id'])
  const [id = ''] = o.rest
  if (id === '') throw new CtrError('container id must be provided')
  const { container } = find(ctr, id)
  const name = o.get('signal') ?? container?.config.stopSignal ?? 'SIGTERM'
  const signal = /^\d+$/.test(name) ? name : `SIG${name.toUpperCase().replace(/^SIG/, '')}`
  if (!/^\d+$/.test(name) && signalNumber(signal) === 0) throw new CtrError(`unknown signal ${JSON.stringify(name)}`)
  if (!container?.process) throw noTask(id)
  container.process.kill(/^\d+$/.test(name) && Number(name) === 9 ? 'SIGKILL' : signal)
  return ''
}

function* removeTask(ctr: Ctr, args: readonly string[]): Coro<string> {
  const o = options(args, ['force,f'], ['exec-id'])
  let first: string | undefined
  for (const id of o.rest) {
    const row = find(ctr, id)
    const { process } = row.container ?? {}
    if (process && o.has('force')) {
      process.kill('SIGKILL')
      yield* ended(process)
    }
    const problem = !row.plain?.task
      ? noTask(id).message
      : row.plain.task === 'running'
        ? `task must be stopped before deletion: running: failed precondition`
        : undefined
    if (problem === undefined) {
      const { exitCode } = row.plain!.container
      ctr.cri.namespaces.deleteTask(row.plain!)
      if (exitCode !== 0) log(ctr, 'warning', `task ${id} exit with non-zero exit code ${exitCode}`)
      continue
    }
    first ??= problem
    log(ctr, 'error', `unable to delete ${id}`, problem)
  }
  if (first !== undefined) throw new CtrError(first)
  return ''
}

function* exec(ctr: Ctr, args: readonly string[]): Coro<number> {
  const o = options(args, ['tty,t', 'detach,d'], ['exec-id', 'cwd', 'user'])
  const [id = '', ...argv] = o.rest
  if (id === '') throw new CtrError('container id must be provided')
  const { container } = find(ctr, id)
  if (!container?.process) throw noTask(id)
  if (!o.get('exec-id')) throw new CtrError('exec id must not be empty: invalid argument')
  const { p } = ctr
  const streams = { stdin: p.stdin, stdout: p.stdout, stderr: p.stderr, tty: o.has('tty') }
  const process = ctr.cri.namespaces.exec(container, argv, streams)
  return o.has('detach') ? 0 : yield* ended(process)
}

function* removeContainer(ctr: Ctr, args: readonly string[]): Coro<string> {
  const { rest } = options(args, ['keep-snapshot'], [])
  if (rest.length === 0) throw new CtrError('must specify at least one container to delete: invalid argument')
  let first: string | undefined
  for (const id of rest) {
    let problem: string | undefined
    try {
      const row = find(ctr, id)
      if (row.status === 'RUNNING')
        problem = 'cannot delete a non stopped container: {running 0 0001-01-01 00:00:00 +0000 UTC}'
      else if (row.plain) ctr.cri.namespaces.delete(ctr.namespace, row.plain)
      else if (row.container) yield* ctr.cri.removeContainer(id)
    } catch (error) {
      if (!(error instanceof CtrError)) throw error
      problem = error.message
    }
    if (problem === undefined) continue
    first ??= problem
    log(ctr, 'error', `failed to delete container ${JSON.stringify(id)}`, problem)
  }
  if (first !== undefined) throw new CtrError(first)
  return ''
}

export const TASK_VERBS: Readonly<Record<string, Act>> = { kill, rm: removeTask, delete: removeTask, exec }

export const CONTAINER_VERBS: Readonly<Record<string, Act>> = {
  rm: removeContainer,
  delete: removeContainer,
  del: removeContainer,
  remove: removeContainer,
}

function tag({ cri, namespace }: Ctr, [ref = '', ...names]: readonly string[]): string {
  if (ref === '') throw new CtrError('please provide an image reference to tag from')
  if (names.length === 0) throw new CtrError('please provide an image reference to tag to')
  const image = cri.namespaces.image(namespace, ref)
  for (const name of names)
    if (namespace === 'k8s.io') cri.tagImage(ref, name)
    else cri.namespaces.addImage(namespace, name, image)
  return names.map((name) => `${name}\n`).join('')
}

function removeImages(ctr: Ctr, refs: readonly string[]): string {
  const { cri, namespace } = ctr
  let text = ''
  for (const ref of refs) {
    const gone = cri.namespaces.removeImage(namespace, ref) || (namespace === 'k8s.io' && cri.untagImage(ref))
    if (gone) text += `${ref}\n`
    else log(ctr, 'warning', `${ref}: image not found`)
  }
  return text
}

export const IMAGE_VERBS: Readonly<Record<string, (ctr: Ctr, names: readonly string[]) => string>> = {
  tag,
  rm: removeImages,
  remove: removeImages,
  delete: removeImages,
  del: removeImages,
}
