import { MINORS } from '../lib/releases.ts'
import { tagScheme } from './tags.ts'
import type { Files, ImageConfig, ImageVersion, Repository } from './types.ts'

const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
const MB = 1_000_000

interface Component {
  readonly name: string
  readonly size: number
  readonly config: ImageConfig
  readonly files: Files | ((version: string) => Files)
  readonly base?: ImageVersion['base']
  readonly tags: Repository['resolve']
  readonly aliases?: readonly string[]
}

const component = (c: Component): Repository => ({
  name: c.name,
  aliases: c.aliases,
  resolve: c.tags,
  version: (version) => ({
    size: c.size,
    base: c.base ?? 'distroless',
    config: { env: [PATH], ...c.config },
    files: typeof c.files === 'function' ? c.files(version) : c.files,
  }),
})

const release = tagScheme({
  v: true,
  minors: {
    ...{ '1.28': 15, '1.29': 14, '1.30': 14, '1.31': 13, '1.32': 13, '1.33': 9 },
    ...Object.fromEntries(Object.entries(MINORS).map(([series, { patch }]) => [series, patch])),
  },
})

const only =
  (...tags: string[]) =>
  (tag: string): string | undefined =>
    tags.includes(tag) ? tag : undefined

/** kind's own images: `v20260528-9350166c`. */
const dated = (tag: string): string | undefined => (/^v\d{8}-[0-9a-f]+$/.test(tag) ? tag : undefined)

const controlPlane = (name: string, size: number): Repository =>
  component({
    name: `registry.k8s.io/${name}`,
    aliases: [`k8s.gcr.io/${name}`],
    size,
    tags: release,
    config: { entrypoint: name === 'kube-proxy' ? undefined : undefined, cmd: [], user: '' },
    files: (release) => ({
      [`/usr/local/bin/${name}`]: { program: name, release },
      '/go-runner': { program: 'go-runner' },
    }),
  })

/** Images of a cluster itself: kubeadm's, and the usual add-ons. */
export const KUBERNETES_IMAGES: readonly Repository[] = [
  controlPlane('kube-apiserver', 28_000_000),
  controlPlane('kube-controller-manager', 23_700_000),
  controlPlane('kube-scheduler', 17_500_000),
  {
    ...controlPlane('kube-proxy', 30_916_875),
    version: (release) => ({
      size: 30_916_875,
      base: 'debian',
      config: { env: [PATH] },
      files: {
        '/usr/local/bin/kube-proxy': { program: 'kube-proxy', release },
        '/usr/sbin/iptables': { program: 'iptables' },
        '/usr/sbin/iptables-save': { program: 'iptables-save' },
        '/usr/sbin/ip6tables': { program: 'ip6tables' },
        '/usr/sbin/nft': { program: 'nft' },
        '/usr/sbin/conntrack': { program: 'conntrack' },
        '/usr/sbin/ipset': { program: 'ipset' },
      },
    }),
  },
  component({
    name: 'registry.k8s.io/pause',
    aliases: ['gcr.io/google_containers/pause', 'gcr.io/google-containers/pause', 'k8s.gcr.io/pause'],
    size: 320_368,
    base: 'scratch',
    tags: only(
      'latest',
      '2.0',
      '3.0',
      '3.1',
      '3.2',
      '3.3',
      '3.4.1',
      '3.5',
      '3.6',
      '3.7',
      '3.8',
      '3.9',
      '3.10',
      '3.10.1',
      '3.10.2',
    ),
    config: { entrypoint: ['/pause'], user: '65535:65535' },
    files: { '/pause': { program: 'pause' } },
  }),
  component({
    name: 'registry.k8s.io/etcd',
    aliases: ['k8s.gcr.io/etcd'],
    size: 23_600_000,
    tags: only(
      '3.5.6-0',
      '3.5.9-0',
      '3.5.12-0',
      '3.5.15-0',
      '3.5.16-0',
      '3.5.21-0',
      '3.5.24-0',
      '3.6.4-0',
      '3.6.5-0',
      '3.6.6-0',
      '3.6.8-0',
    ),
    config: { env: [PATH], ports: ['2379/tcp', '2380/tcp', '4001/tcp', '7001/tcp'] },
    files: {
      '/usr/local/bin/etcd': { program: 'etcd' },
      '/usr/local/bin/etcdctl': { program: 'etcdctl' },
      '/usr/local/bin/etcdutl': { program: 'etcdutl' },
    },
  }),
  component({
    name: 'registry.k8s.io/coredns/coredns',
    aliases: ['docker.io/coredns/coredns'],
    size: 18_562_039,
    tags: (tag) =>
      tagScheme({ v: true, minors: { '1.9': 4, '1.10': 1, '1.11': 4, '1.12': 4, '1.13': 2, '1.14': 2 } })(tag) ??
      (tag === 'latest' ? 'v1.14.2' : undefined),
    config: { entrypoint: ['/coredns'], user: 'nonroot:nonroot', workingDir: '/', ports: ['53/tcp', '53/udp'] },
    files: { '/coredns': { program: 'coredns' } },
  }),
  component({
    name: 'ghcr.io/flannel-io/flannel',
    aliases: ['docker.io/flannel/flannel'],
    size: 32_000_000,
    base: 'alpine',
    tags: (tag) =>
      tagScheme({ v: true, minors: { '0.22': 3, '0.23': 0, '0.24': 4, '0.25': 7, '0.26': 7, '0.27': 4 } })(tag),
    config: { env: [PATH], entrypoint: ['/opt/bin/flanneld'] },
    files: { '/opt/bin/flanneld': { program: 'flanneld' }, '/usr/sbin/iptables': { program: 'iptables' } },
  }),
  component({
    name: 'ghcr.io/flannel-io/flannel-cni-plugin',
    aliases: ['docker.io/flannel/flannel-cni-plugin'],
    size: 4_900_000,
    base: 'alpine',
    tags: only('v1.2.0', 'v1.4.0-flannel1', 'v1.5.1-flannel2', 'v1.6.0-flannel1', 'v1.7.1-flannel1', 'v1.8.0-flannel1'),
    config: { env: [PATH] },
    files: { '/flannel': { program: 'cni-flannel' } },
  }),
  component({
    name: 'registry.k8s.io/metrics-server/metrics-server',
    size: 22_500_000,
    tags: tagScheme({ v: true, minors: { '0.6': 4, '0.7': 2, '0.8': 0 } }),
    config: { entrypoint: ['/metrics-server'], user: '65534' },
    files: { '/metrics-server': { program: 'metrics-server' } },
  }),
  component({
    name: 'docker.io/rancher/local-path-provisioner',
    size: 17_300_000,
    base: 'alpine',
    tags: tagScheme({ v: true, minors: { '0.0': 32 } }),
    config: { cmd: ['local-path-provisioner'] },
    files: { '/usr/bin/local-path-provisioner': { program: 'local-path-provisioner' } },
  }),
  component({
    name: 'docker.io/kindest/local-path-provisioner',
    size: 20_400_000,
    tags: dated,
    config: { entrypoint: ['/usr/local/bin/local-path-provisioner'] },
    files: { '/usr/local/bin/local-path-provisioner': { program: 'local-path-provisioner' } },
  }),
  component({
    name: 'docker.io/kindest/local-path-helper',
    size: 2_600_000,
    tags: dated,
    config: {},
    files: { '/bin/sh': { program: 'sh' }, '/bin/mkdir': { program: 'mkdir' }, '/bin/rm': { program: 'rm' } },
  }),
  component({
    name: 'docker.io/kindest/kindnetd',
    size: 38_900_000,
    base: 'debian',
    tags: dated,
    config: { cmd: ['/bin/kindnetd'] },
    files: {
      '/usr/bin/kindnetd': { program: 'kindnetd' },
      '/usr/sbin/iptables': { program: 'iptables' },
      '/usr/sbin/nft': { program: 'nft' },
    },
  }),
  component({
    name: 'registry.k8s.io/e2e-test-images/agnhost',
    aliases: ['gcr.io/kubernetes-e2e-test-images/agnhost', 'k8s.gcr.io/e2e-test-images/agnhost'],
    size: 53 * MB,
    base: 'alpine',
    tags: (tag) => (/^2\.(\d|[1-4]\d|5[0-7])$/.test(tag) ? tag : undefined),
    config: { entrypoint: ['/agnhost'], cmd: ['pause'], ports: ['53/tcp', '80/tcp', '8080/tcp', '9376/tcp'] },
    files: {
      '/agnhost': { program: 'agnhost' },
      '/usr/bin/curl': { program: 'curl' },
      '/usr/bin/dig': { program: 'dig' },
    },
  }),
]
