import { type Inode, NULL_SINK, SysError } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { ended, type Mount, type PlainContainer } from '../../programs/containerd/index.ts'
import { type Ctr, CtrError } from './actions.ts'

const FLAGS = ['rm', 'tty', 't', 'detach', 'd', 'net-host', 'privileged', 'read-only', 'null-io', 'allow-new-privs']
const VALUES = [
  'env',
  'mount',
  'cwd',
  'hostname',
  'user',
  'u',
  'memory-limit',
  'label',
  'cap-add',
  'cap-drop',
  'pid-file',
]
const LONG: Readonly<Record<string, string>> = { t: 'tty', d: 'detach', u: 'user' }

/** Options come first, then the image, the container and its command, whose words are its own. */
function parse(args: readonly string[]): { values: Map<string, string[]>; rest: readonly string[] } {
  const values = new Map<string, string[]>()
  let i = 0
  for (; i < args.length && args[i].startsWith('-') && args[i] !== '-'; i++) {
    if (args[i] === '--') {
      i++
      break
    }
    const [name, inline] = args[i].replace(/^--?/, '').split(/=(.*)/s, 2)
    const key = LONG[name] ?? name
    if (FLAGS.includes(name)) values.set(key, ['true'])
    else if (VALUES.includes(name)) values.set(key, [...(values.get(key) ?? []), inline ?? args[++i] ?? ''])
    else throw new CtrError(`not simulated: run ${args[i]}`, 127)
  }
  return { values, rest: args.slice(i) }
}

/** `type=bind,src=/a,dst=/b,options=rbind:ro`. */
function mountOf({ p }: Ctr, text: string): Mount {
  let source = ''
  let destination = ''
  let readOnly = false
  for (const field of text.split(',')) {
    const cut = field.indexOf('=')
    if (cut < 0) throw new CtrError('invalid mount specification: expected key=val')
    const [key, value] = [field.slice(0, cut), field.slice(cut + 1)]
    if (key === 'src' || key === 'source') source = value
    else if (key === 'dst' || key === 'destination') destination = value
    else if (key === 'options') readOnly = value.split(':').includes('ro')
    else if (key !== 'type') throw new CtrError(`mount option ${JSON.stringify(key)} not supported`)
  }
  let inode: Inode
  try {
    inode = p.fs.resolve(source, p.cwd, p.creds)
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    throw new CtrError(
      `failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: error mounting ${JSON.stringify(source)} to rootfs at ${JSON.stringify(destination)}: ${error.goMessage}`,
    )
  }
  return { containerPath: destination, hostPath: source, source: inode, readOnly }
}

/** `ctr run IMAGE ID [COMMAND]`: a container of no pod. Models cmd/ctr/commands/run. */
export function* runContainer(ctr: Ctr, args: readonly string[]): Coro<number> {
  const { p, cri, namespace } = ctr
  const { values, rest } = parse(args)
  const has = (name: string): boolean => values.has(name)
  const last = (name: string): string | undefined => values.get(name)?.at(-1)
  const [ref, id, ...command] = rest
  if (!ref) throw new CtrError('image ref must be provided')
  if (!id) throw new CtrError('container id must be provided')
  if (has('rm') && has('detach')) throw new CtrError('flags --detach and --rm cannot be specified together')
  const [uid, gid] = (last('user') ?? '').split(':').map((n) => (n === '' ? undefined : Number(n)))
  const config = {
    attempt: 0,
    command,
    args: [],
    workingDir: last('cwd') ?? '',
    env: (values.get('env') ?? []).map((pair) => pair.split(/=(.*)/s, 2) as [string, string]),
    mounts: (values.get('mount') ?? []).map((text) => mountOf(ctr, text)),
    labels: {},
    annotations: {},
    logPath: '',
    stdin: false,
    stdinOnce: false,
    tty: has('tty'),
    resources: { memoryLimit: Number(last('memory-limit') ?? 0), cpuLimit: 0, cpuShares: 0 },
    oomScoreAdj: 0,
    uid,
    gid,
    groups: [],
    privileged: has('privileged'),
    capabilities: { add: values.get('cap-add'), drop: values.get('cap-drop') },
    noNewPrivileges: !has('allow-new-privs'),
    readOnlyRootfs: has('read-only'),
    stopSignal: undefined,
    pidMode: 'CONTAINER' as const,
  }
  const spec = { id, ref, config, hostNetwork: has('net-host'), hostname: last('hostname') ?? p.hostname }
  const silent = has('detach') || has('null-io')
  const streams = silent
    ? { stdout: NULL_SINK, stderr: NULL_SINK }
    : { stdin: p.stdin, stdout: p.stdout, stderr: p.stderr }
  let made: PlainContainer
  try {
    made = yield* cri.namespaces.run(namespace, spec, streams)
  } catch (error) {
    // What was made before the start failed goes with --rm.
    const half = find(ctr, id)
    if (has('rm') && half && !half.task) cri.namespaces.delete(namespace, half)
    throw error
  }
  if (has('detach')) return 0
  const { container } = made
  const status = container.process ? yield* ended(container.process) : container.exitCode
  cri.namespaces.deleteTask(made)
  if (has('rm')) cri.namespaces.delete(namespace, made)
  return status
}

const find = ({ cri, namespace }: Ctr, id: string) => cri.namespaces.find(namespace, id)
