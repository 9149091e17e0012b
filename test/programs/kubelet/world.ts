import { ApiServer, LocalClient, MemoryStorage } from '../../../src/api/index.ts'
import type { ApiRequest } from '../../../src/api/types.ts'
import { Capture, FileSystem, Host, Network, type Process, type Program, TextSource } from '../../../src/host/index.ts'
import { Kernel } from '../../../src/kernel/index.ts'
import { builtinKinds, KindRegistry } from '../../../src/kinds/index.ts'
import { containerd, containerdOf, preloadImages } from '../../../src/programs/containerd/index.ts'
import { kubelet, nodePrograms } from '../../../src/programs/kubelet/index.ts'

const CONFIG = `apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
clusterDNS: [10.96.0.10]
clusterDomain: cluster.local
staticPodPath: /etc/kubernetes/manifests
authentication: {anonymous: {enabled: false}}
`

const KUBECONFIG = `apiVersion: v1
kind: Config
clusters: [{name: k, cluster: {server: "http://192.168.56.1:8080"}}]
users: [{name: k, user: {token: t}}]
contexts: [{name: k, context: {cluster: k, user: k}}]
current-context: k
`

const CNI = JSON.stringify({
  cniVersion: '0.3.1',
  name: 'mynet',
  plugins: [
    {
      type: 'bridge',
      bridge: 'cni0',
      isGateway: true,
      ipam: { type: 'host-local', subnet: '10.244.1.0/24', routes: [{ dst: '0.0.0.0/0' }] },
    },
  ],
})

/** `sleep N`, and a script that fails: enough of a shell for these tests. */
const tools: Program[] = [
  {
    name: 'sleep',
    *main(p) {
      yield { until: p.host.kernel.now() + Number(p.argv[1]) * 1000 }
      return 0
    },
  },
  {
    name: 'sh',
    *main(p) {
      const script = p.argv[2] ?? ''
      for (const part of script.split(';').map((s) => s.trim())) {
        if (part.startsWith('echo ')) p.stdout.write(`${part.slice(5)}\n`)
        else if (part.startsWith('sleep ')) yield { until: p.host.kernel.now() + Number(part.slice(6)) * 1000 }
        else if (part.startsWith('exit ')) return Number(part.slice(5))
      }
      yield { until: p.host.kernel.now() + 1 }
      return 0
    },
  },
  {
    name: 'cat',
    *main(p) {
      yield { until: p.host.kernel.now() + 1 }
      for (const f of p.argv.slice(1)) {
        const node = p.fs.find(f)
        if (node?.kind !== 'file') {
          p.stderr.write(`cat: ${f}: No such file or directory\n`)
          return 1
        }
        p.stdout.write(node.read())
      }
      return 0
    },
  },
]

/** One node with a kubelet, and an API server beside it that answers in plain HTTP. */
export class NodeWorld {
  readonly kernel = new Kernel({ seed: 7, start: Date.parse('2026-11-21T02:25:00Z') })
  readonly network = new Network(this.kernel)
  readonly server: ApiServer
  readonly client: LocalClient
  readonly host: Host
  readonly log = new Capture()
  readonly daemonLog = new Capture()
  kubelet!: Process
  daemon!: Process

  constructor(extra: readonly Program[] = []) {
    const { kernel, network } = this
    const segment = network.segment('lan')
    this.server = new ApiServer({
      kernel,
      storage: new MemoryStorage(),
      kinds: new KindRegistry(builtinKinds),
      clock: () => kernel.now(),
      rng: kernel.rng.fork('api'),
      serviceRange: '10.96.0.0/12',
    })
    const answer = (request: ApiRequest) => this.server.handle(request, { userAgent: 'test', ip: '127.0.0.1' })
    this.client = new LocalClient(answer)
    const master = network.host('master')
    network.connect(master, segment, { cidr: '192.168.56.1/24' })
    master.listen(undefined, {
      port: 8080,
      service: { name: 'api', http: (r) => ({ status: 200, parsed: answer(r.parsed as ApiRequest) }) },
    })
    // The applets of busybox go by names of their own.
    const applets = tools.map((p): Program => ({ ...p, name: p.name === 'sh' ? 'ash' : `busybox-${p.name}` }))
    const programs = new Map([...nodePrograms, ...tools, ...applets, ...extra].map((p) => [p.name, p]))
    this.host = new Host({
      name: 'node01',
      kernel,
      programs,
      root: new FileSystem('/dev/sda1', 'ext4', 40 * 1024 ** 3),
      net: (host) => {
        const stack = network.host(host.name)
        network.connect(stack, segment, { cidr: '192.168.56.11/24', gateway: '192.168.56.1' })
        return stack
      },
      cpus: 2,
      memory: 4 * 1024 ** 3,
    })
    const { fs } = this.host
    for (const dir of [
      '/etc/kubernetes/manifests',
      '/var/lib/kubelet',
      '/etc/cni/net.d',
      '/opt/cni/bin',
      '/run',
      '/proc',
      '/dev',
      '/sys',
      '/tmp',
    ])
      fs.mkdir(dir, { parents: true })
    fs.writeFile('/var/lib/kubelet/config.yaml', CONFIG)
    fs.writeFile('/etc/kubernetes/kubelet.conf', KUBECONFIG)
    fs.writeFile('/etc/cni/net.d/10-mynet.conflist', CNI)
    fs.writeFile('/opt/cni/bin/bridge', '', { mode: 0o755 })
    for (const name of ['default', 'kube-system', 'kube-node-lease'])
      try {
        this.client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
      } catch {
        // made by the server itself
      }
    containerdOf(this.host).directRegistries = true
    preloadImages(this.host, ['registry.k8s.io/pause:3.10.2', 'busybox:1.36', 'nginx:1.27'])
    this.startDaemon()
    kernel.advance(500)
    this.startKubelet()
  }

  startDaemon(): void {
    this.daemon = this.host.start({
      program: containerd,
      argv: ['containerd'],
      stdin: new TextSource(),
      stdout: this.daemonLog,
      stderr: this.daemonLog,
    })
  }

  startKubelet(more: readonly string[] = []): void {
    this.kubelet = this.host.start({
      program: kubelet,
      argv: [
        '/usr/bin/kubelet',
        '--kubeconfig=/etc/kubernetes/kubelet.conf',
        '--config=/var/lib/kubelet/config.yaml',
        ...more,
      ],
      stdin: new TextSource(),
      stdout: this.log,
      stderr: this.log,
    })
  }

  pod(name: string, container: Record<string, unknown>, spec: Record<string, unknown> = {}): any {
    return this.client.create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'default' },
      spec: { nodeName: 'node01', containers: [{ name: 'c', image: 'busybox:1.36', ...container }], ...spec },
    } as never)
  }

  status(name: string, namespace = 'default'): any {
    return this.client.find('Pod', namespace, name)?.status
  }

  events(name: string): string[] {
    return this.client
      .list('Event')
      .filter((e) => e.involvedObject.name === name)
      .map((e) => `${e.type} ${e.reason} x${e.count} ${e.message}`)
  }
}
