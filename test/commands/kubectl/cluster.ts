import { discovery, type ForeignGroup } from '../../../src/api/http/discovery.ts'
import { ApiServer, type KubeObject, LocalClient, MemoryStorage } from '../../../src/api/index.ts'
import { kubectlProgram } from '../../../src/commands/kubectl/index.ts'
import { Capture, FileSystem, Host, type NetNs, TextSource } from '../../../src/host/index.ts'
import { Kernel, Rng } from '../../../src/kernel/index.ts'
import { builtinKinds, KindRegistry } from '../../../src/kinds/index.ts'

const KUBECONFIG = `apiVersion: v1
clusters:
- cluster:
    server: https://192.168.56.10:6443
  name: kubernetes
contexts:
- context:
    cluster: kubernetes
    user: kubernetes-admin
  name: kubernetes-admin@kubernetes
current-context: kubernetes-admin@kubernetes
kind: Config
users:
- name: kubernetes-admin
  user:
    token: t
`

/**
 * kubectl on a host with a kubeconfig, against an API server in memory to which every request is allowed. `foreign` are
 * groups that other servers serve.
 */
export function kubectlWorld(
  objects: readonly KubeObject[] = [],
  files: Record<string, string> = {},
  foreign: readonly ForeignGroup[] = [],
) {
  const kernel = new Kernel({ seed: 7, start: Date.parse('2026-11-21T02:38:23Z') })
  const server = new ApiServer({
    kernel,
    storage: new MemoryStorage(),
    kinds: new KindRegistry(builtinKinds),
    clock: () => kernel.now(),
    rng: new Rng('api'),
    paths: [discovery('192.168.56.10:6443', () => foreign)],
  })
  const send = (request: any) => server.handle(request, { userAgent: 'kubectl/v1.36.4', ip: '192.168.56.10' })
  const api = new LocalClient(send)
  for (const name of ['default', 'kube-system']) api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  for (const object of objects) api.create(object)
  const kubectl = kubectlProgram(() => ({
    *request(request) {
      yield* []
      return send(request)
    },
  }))
  const root = new FileSystem('/dev/sda1', 'ext4', 1 << 30)
  const host = new Host({
    name: 'controlplane',
    kernel,
    programs: new Map([['kubectl', kubectl]]),
    root,
    net: () => ({ addresses: () => [] }) as unknown as NetNs,
    cpus: 2,
    memory: 4 << 30,
  })
  host.fs.mkdir('/root/.kube', { parents: true })
  host.fs.mkdir('/tmp', { parents: true })
  host.fs.writeFile('/root/.kube/config', KUBECONFIG)
  for (const [name, content] of Object.entries(files)) host.fs.writeFile(`/root/${name}`, content)
  /** Runs a command line split at blanks; an array keeps blanks inside arguments. */
  const run = (
    line: string | readonly string[],
    options: { stdin?: string; env?: Record<string, string>; limit?: number } = {},
  ) => {
    const argv = ['kubectl', ...(typeof line === 'string' ? line.split(' ').filter(Boolean) : line)]
    const stdout = new Capture()
    const stderr = new Capture()
    const process = host.start({
      program: kubectl,
      argv,
      cwd: '/root',
      env: { HOME: '/root', ...options.env },
      stdin: new TextSource(options.stdin ?? ''),
      stdout,
      stderr,
    })
    const until = kernel.now() + (options.limit ?? 60_000)
    while (!process.status && kernel.step(until));
    return { exit: process.status?.code, stdout: stdout.text(), stderr: stderr.text() }
  }
  return { kernel, server, api, host, run }
}
