import type { Process } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { DEFAULT_CLUSTER, images, kubeProxyConfig, sharedKubeletConfig } from '../../programs/kubeadm/index.ts'
import type { Flags } from '../lib/cobra.ts'
import { CONVERT } from './config-convert.ts'
import { flagGates } from './configuration/cluster.ts'
import { configText } from './configuration/documents.ts'
import { KubeadmError } from './errors.ts'
import { flagValues } from './flag-values.ts'
import { pullAll } from './images.ts'
import { initConfiguration } from './init-settings.ts'
import { printerOf } from './output.ts'
import type { Settings } from './settings.ts'
import type { Run, Runs } from './tree.ts'

const TIMEOUTS = `timeouts:
  controlPlaneComponentHealthCheck: 4m0s
  discovery: 5m0s
  etcdAPICall: 2m0s
  kubeletHealthCheck: 4m0s
  kubernetesAPICall: 1m0s
  tlsBootstrap: 5m0s
  upgradeManifests: 5m0s
`

const API = 'apiVersion: kubeadm.k8s.io/v1beta4\n'

const INIT_DEFAULTS = `${API}bootstrapTokens:
- groups:
  - system:bootstrappers:kubeadm:default-node-token
  token: abcdef.0123456789abcdef
  ttl: 24h0m0s
  usages:
  - signing
  - authentication
kind: InitConfiguration
localAPIEndpoint:
  advertiseAddress: 1.2.3.4
  bindPort: 6443
nodeRegistration:
  criSocket: unix:///var/run/containerd/containerd.sock
  imagePullPolicy: IfNotPresent
  imagePullSerial: true
  name: node
  taints: null
${TIMEOUTS}---
apiServer: {}
${API}caCertificateValidityPeriod: 87600h0m0s
certificateValidityPeriod: 8760h0m0s
certificatesDir: /etc/kubernetes/pki
clusterName: kubernetes
controllerManager: {}
dns: {}
encryptionAlgorithm: RSA-2048
etcd:
  local:
    dataDir: /var/lib/etcd
imageRepository: registry.k8s.io
kind: ClusterConfiguration
kubernetesVersion: 1.36.0
networking:
  dnsDomain: cluster.local
  serviceSubnet: 10.96.0.0/12
proxy: {}
scheduler: {}
`

const JOIN_DEFAULTS = (name: string): string => `${API}caCertPath: /etc/kubernetes/pki/ca.crt
discovery:
  bootstrapToken:
    apiServerEndpoint: kube-apiserver:6443
    token: abcdef.0123456789abcdef
    unsafeSkipCAVerification: true
  tlsBootstrapToken: abcdef.0123456789abcdef
kind: JoinConfiguration
nodeRegistration:
  criSocket: unix:///var/run/containerd/containerd.sock
  imagePullPolicy: IfNotPresent
  imagePullSerial: true
  name: ${name}
  taints: null
${TIMEOUTS}`

const RESET_DEFAULTS = `${API}certificatesDir: /etc/kubernetes/pki
criSocket: unix:///var/run/containerd/containerd.sock
kind: ResetConfiguration
${TIMEOUTS}`

const UPGRADE_DEFAULTS = `${API}apply:
  certificateRenewal: true
  etcdUpgrade: true
  imagePullPolicy: IfNotPresent
  imagePullSerial: true
diff: {}
kind: UpgradeConfiguration
node:
  certificateRenewal: true
  etcdUpgrade: true
  imagePullPolicy: IfNotPresent
  imagePullSerial: true
plan:
  etcdUpgrade: true
${TIMEOUTS}`

const COMPONENTS: Readonly<Record<string, () => string>> = {
  KubeProxyConfiguration: () => `---\n${kubeProxyConfig({ ...DEFAULT_CLUSTER, podSubnet: '' })}\n`,
  KubeletConfiguration: () => `---\n${sharedKubeletConfig(DEFAULT_CLUSTER)}`,
}

const defaults = (text: (hostname: string) => string): Run =>
  function* ({ p, flags }) {
    const wanted = flagValues(flags).list('component-configs')
    for (const kind of wanted)
      if (!COMPONENTS[kind])
        throw new KubeadmError(
          `--component-configs needs to contain some of [KubeProxyConfiguration KubeletConfiguration]`,
        )
    p.stdout.write(text(p.hostname) + wanted.map((kind) => COMPONENTS[kind]()).join(''))
    return 0
  }

/** Settings of `config images …`, whose failures are told with a word before. */
function* imageSettings(p: Process, flags: Flags): Coro<Settings> {
  flagGates(p, flags)
  const path = flags.string('config')
  const text = path ? configText(p, path) : undefined
  try {
    return (yield* initConfiguration(p, text, flags)).settings
  } catch (error) {
    if (!(error instanceof KubeadmError)) throw error
    throw new KubeadmError(`could not convert cfg to an internal cfg: ${error.message}`)
  }
}

const imagesList: Run = function* ({ p, flags }) {
  const printer = printerOf(p, flags, 'unable to print images: ')
  const { cluster } = yield* imageSettings(p, flags)
  const list = images(cluster)
  if (printer.text) p.stdout.write(list.map((image) => `${image}\n`).join(''))
  else printer.print('Images', { images: list })
  return 0
}

const imagesPull: Run = function* ({ p, flags }) {
  yield* pullAll(p, yield* imageSettings(p, flags))
  return 0
}

/** `kubeadm config …`. */
export const CONFIG: Runs = {
  ...CONVERT,
  'config images list': imagesList,
  'config images pull': imagesPull,
  'config print init-defaults': defaults(() => INIT_DEFAULTS),
  'config print join-defaults': defaults(JOIN_DEFAULTS),
  'config print reset-defaults': defaults(() => RESET_DEFAULTS),
  'config print upgrade-defaults': defaults(() => UPGRADE_DEFAULTS),
}
