import { writeYaml } from '../../print/index.ts'
import { companions } from '../lib/releases.ts'
import type { ClusterSettings, Component, NodeSettings } from './settings.ts'

/** Existing members as `name=https://ip:2380`, for a control plane that joins; empty for the first one. */
export interface EtcdCluster {
  readonly members: readonly string[]
}

interface Probe {
  readonly host: string
  readonly path: string
  readonly scheme: 'HTTP' | 'HTTPS'
}

interface Mount {
  readonly name: string
  readonly path: string
  readonly type: 'DirectoryOrCreate' | 'FileOrCreate'
  readonly readOnly: boolean
}

interface Spec {
  readonly component: Component
  readonly image: string
  readonly args: Readonly<Record<string, string>>
  readonly extraArgs?: Readonly<Record<string, string>>
  readonly annotations?: Record<string, string>
  readonly port: number
  readonly live: Probe
  readonly ready?: Probe
  readonly startup: Probe
  readonly requests: Record<string, string>
  readonly mounts: readonly Mount[]
}

/** A static pod as phases/controlplane and phases/etcd build it. */
function staticPod(spec: Spec): Record<string, unknown> {
  const http = (probe: Probe): Record<string, unknown> => ({
    host: probe.host,
    path: probe.path,
    port: 'probe-port',
    scheme: probe.scheme,
  })
  const args = { ...spec.args, ...spec.extraArgs }
  const command = [
    spec.component,
    ...Object.keys(args)
      .sort()
      .map((name) => `--${name}=${args[name]}`),
  ]
  // Volumes are sorted by name; so are the mounts, but for etcd, where data come first.
  const volumes = [...spec.mounts].sort((a, b) => (a.name < b.name ? -1 : 1))
  const mounts = spec.component === 'etcd' ? spec.mounts : volumes
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...(spec.annotations ? { annotations: spec.annotations } : {}),
      labels: { component: spec.component, tier: 'control-plane' },
      name: spec.component,
      namespace: 'kube-system',
    },
    spec: {
      containers: [
        {
          command,
          image: spec.image,
          imagePullPolicy: 'IfNotPresent',
          livenessProbe: {
            failureThreshold: 8,
            httpGet: http(spec.live),
            initialDelaySeconds: 10,
            periodSeconds: 10,
            timeoutSeconds: 15,
          },
          name: spec.component,
          ports: [{ containerPort: spec.port, name: 'probe-port', protocol: 'TCP' }],
          ...(spec.ready
            ? {
                readinessProbe: {
                  failureThreshold: 3,
                  httpGet: http(spec.ready),
                  periodSeconds: 1,
                  timeoutSeconds: 15,
                },
              }
            : {}),
          resources: { requests: spec.requests },
          startupProbe: {
            failureThreshold: 24,
            httpGet: http(spec.startup),
            initialDelaySeconds: 10,
            periodSeconds: 10,
            timeoutSeconds: 15,
          },
          volumeMounts: mounts.map((m) => ({
            mountPath: m.path,
            name: m.name,
            ...(m.readOnly ? { readOnly: true } : {}),
          })),
        },
      ],
      hostNetwork: true,
      priority: 2000001000,
      priorityClassName: 'system-node-critical',
      securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
      volumes: volumes.map((m) => ({ hostPath: { path: m.path, type: m.type }, name: m.name })),
    },
    status: {},
  }
}

const directory = (name: string, path: string, readOnly = true): Mount => ({
  name,
  path,
  type: 'DirectoryOrCreate',
  readOnly,
})
const kubeconfig = (path: string): Mount => ({ name: 'kubeconfig', path, type: 'FileOrCreate', readOnly: true })

/** CA directories of the machine, named after their paths as kubeadm does. */
const caMounts = (cluster: ClusterSettings, node: NodeSettings): Mount[] => [
  directory('ca-certs', '/etc/ssl/certs'),
  directory('k8s-certs', cluster.certificatesDir),
  ...(node.caDirs ?? []).map((path) => directory(path.slice(1).replace(/\//g, '-'), path)),
]

const image = (cluster: ClusterSettings, component: string): string =>
  `${cluster.imageRepository}/${component}:${cluster.kubernetesVersion}`

function apiServer(cluster: ClusterSettings, node: NodeSettings): Spec {
  const pki = cluster.certificatesDir
  const probe = (path: string): Probe => ({ host: node.address, path, scheme: 'HTTPS' })
  return {
    component: 'kube-apiserver',
    image: image(cluster, 'kube-apiserver'),
    annotations: {
      'kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint': `${node.address}:${node.bindPort}`,
    },
    args: {
      'advertise-address': node.address,
      'allow-privileged': 'true',
      'authorization-mode': 'Node,RBAC',
      'client-ca-file': `${pki}/ca.crt`,
      'enable-admission-plugins': 'NodeRestriction',
      'enable-bootstrap-token-auth': 'true',
      'etcd-cafile': `${pki}/etcd/ca.crt`,
      'etcd-certfile': `${pki}/apiserver-etcd-client.crt`,
      'etcd-keyfile': `${pki}/apiserver-etcd-client.key`,
      'etcd-servers': 'https://127.0.0.1:2379',
      'kubelet-client-certificate': `${pki}/apiserver-kubelet-client.crt`,
      'kubelet-client-key': `${pki}/apiserver-kubelet-client.key`,
      'kubelet-preferred-address-types': 'InternalIP,ExternalIP,Hostname',
      'proxy-client-cert-file': `${pki}/front-proxy-client.crt`,
      'proxy-client-key-file': `${pki}/front-proxy-client.key`,
      'requestheader-allowed-names': 'front-proxy-client',
      'requestheader-client-ca-file': `${pki}/front-proxy-ca.crt`,
      'requestheader-extra-headers-prefix': 'X-Remote-Extra-',
      'requestheader-group-headers': 'X-Remote-Group',
      'requestheader-username-headers': 'X-Remote-User',
      'secure-port': String(node.bindPort),
      'service-account-issuer': `https://kubernetes.default.svc.${cluster.dnsDomain}`,
      'service-account-key-file': `${pki}/sa.pub`,
      'service-account-signing-key-file': `${pki}/sa.key`,
      'service-cluster-ip-range': cluster.serviceSubnet,
      'tls-cert-file': `${pki}/apiserver.crt`,
      'tls-private-key-file': `${pki}/apiserver.key`,
    },
    port: node.bindPort,
    live: probe('/livez'),
    ready: probe('/readyz'),
    startup: probe('/livez'),
    requests: { cpu: '250m' },
    mounts: caMounts(cluster, node),
  }
}

function controllerManager(cluster: ClusterSettings, node: NodeSettings): Spec {
  const pki = cluster.certificatesDir
  const conf = '/etc/kubernetes/controller-manager.conf'
  const probe: Probe = { host: '127.0.0.1', path: '/healthz', scheme: 'HTTPS' }
  return {
    component: 'kube-controller-manager',
    image: image(cluster, 'kube-controller-manager'),
    args: {
      ...(cluster.podSubnet ? { 'allocate-node-cidrs': 'true', 'cluster-cidr': cluster.podSubnet } : {}),
      'authentication-kubeconfig': conf,
      'authorization-kubeconfig': conf,
      'bind-address': '127.0.0.1',
      'client-ca-file': `${pki}/ca.crt`,
      'cluster-name': cluster.clusterName,
      'cluster-signing-cert-file': `${pki}/ca.crt`,
      'cluster-signing-key-file': `${pki}/ca.key`,
      controllers: '*,bootstrapsigner,tokencleaner',
      kubeconfig: conf,
      'leader-elect': 'true',
      'requestheader-client-ca-file': `${pki}/front-proxy-ca.crt`,
      'root-ca-file': `${pki}/ca.crt`,
      'service-account-private-key-file': `${pki}/sa.key`,
      'service-cluster-ip-range': cluster.serviceSubnet,
      'use-service-account-credentials': 'true',
    },
    port: 10257,
    live: probe,
    startup: probe,
    requests: { cpu: '200m' },
    mounts: [...caMounts(cluster, node), kubeconfig(conf)],
  }
}

function scheduler(cluster: ClusterSettings): Spec {
  const conf = '/etc/kubernetes/scheduler.conf'
  const probe = (path: string): Probe => ({ host: '127.0.0.1', path, scheme: 'HTTPS' })
  return {
    component: 'kube-scheduler',
    image: image(cluster, 'kube-scheduler'),
    args: {
      'authentication-kubeconfig': conf,
      'authorization-kubeconfig': conf,
      'bind-address': '127.0.0.1',
      kubeconfig: conf,
      'leader-elect': 'true',
    },
    port: 10259,
    live: probe('/livez'),
    ready: probe('/readyz'),
    startup: probe('/livez'),
    requests: { cpu: '100m' },
    mounts: [kubeconfig(conf)],
  }
}

function etcd(cluster: ClusterSettings, node: NodeSettings, existing: EtcdCluster): Spec {
  const pki = `${cluster.certificatesDir}/etcd`
  const [client, peer] = [`https://${node.address}:2379`, `https://${node.address}:2380`]
  const probe = (path: string): Probe => ({ host: '127.0.0.1', path, scheme: 'HTTP' })
  return {
    component: 'etcd',
    image: `${cluster.imageRepository}/etcd:${companions(cluster.kubernetesVersion).etcd}`,
    annotations: { 'kubeadm.kubernetes.io/etcd.advertise-client-urls': client },
    args: {
      'advertise-client-urls': client,
      'cert-file': `${pki}/server.crt`,
      'client-cert-auth': 'true',
      'data-dir': cluster.etcdDataDir,
      'feature-gates': 'InitialCorruptCheck=true',
      'initial-advertise-peer-urls': peer,
      'initial-cluster': [...existing.members, `${node.name}=${peer}`].join(','),
      ...(existing.members.length > 0 ? { 'initial-cluster-state': 'existing' } : {}),
      'key-file': `${pki}/server.key`,
      'listen-client-urls': `https://127.0.0.1:2379,${client}`,
      'listen-metrics-urls': 'http://127.0.0.1:2381',
      'listen-peer-urls': peer,
      name: node.name,
      'peer-cert-file': `${pki}/peer.crt`,
      'peer-client-cert-auth': 'true',
      'peer-key-file': `${pki}/peer.key`,
      'peer-trusted-ca-file': `${pki}/ca.crt`,
      'snapshot-count': '10000',
      'trusted-ca-file': `${pki}/ca.crt`,
      'watch-progress-notify-interval': '5s',
    },
    port: 2381,
    live: probe('/livez'),
    ready: probe('/readyz'),
    startup: probe('/readyz'),
    requests: { cpu: '100m', memory: '100Mi' },
    mounts: [directory('etcd-data', cluster.etcdDataDir, false), directory('etcd-certs', pki, false)],
  }
}

/** Text of `/etc/kubernetes/manifests/COMPONENT.yaml`. */
export function manifest(
  component: Component,
  cluster: ClusterSettings,
  node: NodeSettings,
  existing: EtcdCluster = { members: [] },
): string {
  const make: Record<Component, () => Spec> = {
    etcd: () => etcd(cluster, node, existing),
    'kube-apiserver': () => apiServer(cluster, node),
    'kube-controller-manager': () => controllerManager(cluster, node),
    'kube-scheduler': () => scheduler(cluster),
  }
  return writeYaml(staticPod({ ...make[component](), extraArgs: cluster.extraArgs?.[component] }))
}
