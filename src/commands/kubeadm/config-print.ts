import { parse } from 'yaml'
import type { Process } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { toYaml } from '../../print/index.ts'
import {
  BOOTSTRAP_GROUP,
  clusterConfiguration,
  DEFAULT_CLUSTER,
  images,
  kubeProxyConfig,
  sharedKubeletConfig,
} from '../../programs/kubeadm/index.ts'
import { command, noArgs } from '../lib/cobra.ts'
import { KubeadmError, NotSimulated } from './errors.ts'
import { writeText } from './files.ts'
import * as f from './flags.ts'
import { group } from './group.ts'
import { pullAll } from './images.ts'
import { initSettings, readConfig, settingsOf } from './settings.ts'
import { json } from './table.ts'

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

const defaults = (name: string, of: string, text: (hostname: string) => string): ReturnType<typeof command> =>
  command({
    use: `${name}-defaults`,
    short: `Print default ${of} configuration, that can be used for 'kubeadm ${name}'`,
    args: noArgs,
    flags: [
      {
        name: 'component-configs',
        type: 'stringSlice',
        usage:
          'A comma-separated list for component config API objects to print the default values for. Available values: [KubeProxyConfiguration KubeletConfiguration]. If this flag is not set, no component configs will be printed.',
      },
    ],
    *run({ p, flags }): Coro<number> {
      const wanted = flags.strings('component-configs')
      for (const kind of wanted)
        if (!COMPONENTS[kind])
          throw new KubeadmError(
            `--component-configs needs to contain some of [KubeProxyConfiguration KubeletConfiguration]`,
          )
      p.stdout.write(text(p.hostname) + wanted.map((kind) => COMPONENTS[kind]()).join(''))
      return 0
    },
  })

const print = group({
  use: 'print',
  short: 'Print configuration',
  long: 'This command prints configurations for subcommands provided.\nFor details, see: https://pkg.go.dev/k8s.io/kubernetes/cmd/kubeadm/app/apis/kubeadm#section-directories',
  commands: [
    defaults('init', 'init', () => INIT_DEFAULTS),
    defaults('join', 'join', JOIN_DEFAULTS),
    defaults('reset', 'reset', () => RESET_DEFAULTS),
    defaults('upgrade', 'upgrade', () => UPGRADE_DEFAULTS),
  ],
})

const IMAGE_FLAGS = [
  f.config,
  f.imageRepository,
  f.kubernetesVersion,
  {
    name: 'feature-gates',
    type: 'string' as const,
    usage: 'A set of key=value pairs that describe feature gates for various features.',
  },
]

const imagesList = command({
  use: 'list',
  short:
    'Print a list of images kubeadm will use. The configuration file is used in case any images or image repositories are customized',
  args: noArgs,
  flags: [
    ...IMAGE_FLAGS,
    f.output(
      'text|json|yaml|go-template|go-template-file|template|templatefile|jsonpath|jsonpath-as-json|jsonpath-file',
    ),
  ],
  *run({ p, flags }) {
    const { cluster } = yield* initSettings(p, flags)
    const list = images(cluster)
    const format = flags.string('output')
    const object = { kind: 'Images', apiVersion: 'output.kubeadm.k8s.io/v1alpha3', images: list }
    if (format === 'json') p.stdout.write(json(object))
    else if (format === 'yaml') p.stdout.write(toYaml(object))
    else p.stdout.write(list.map((image) => `${image}\n`).join(''))
    return 0
  },
})

const validate = command({
  use: 'validate',
  short: 'Read a file containing the kubeadm configuration API and report any validation errors',
  args: noArgs,
  flags: [f.config],
  *run({ p, flags }): Coro<number> {
    if (!flags.string('config')) throw new KubeadmError('the --config flag is mandatory')
    readConfig(p, flags.string('config'))
    p.stdout.write('ok\n')
    return 0
  },
})

/** InitConfiguration and ClusterConfiguration of a file in the newest version, with every default. */
function migrated(p: Process, path: string): string {
  const documents = readConfig(p, path)
  if (!documents.has('InitConfiguration') && !documents.has('ClusterConfiguration'))
    throw new NotSimulated(`config migrate of ${[...documents.keys()].join(', ')}`)
  const { cluster, node, tokens } = settingsOf(p, documents)
  const given = documents.get('InitConfiguration')
  const registration = given?.nodeRegistration ?? {}
  const init = {
    apiVersion: 'kubeadm.k8s.io/v1beta4',
    bootstrapTokens: tokens.map((t, i) => ({
      groups: given?.bootstrapTokens?.[i]?.groups ?? [BOOTSTRAP_GROUP],
      token: t.token,
      ttl: given?.bootstrapTokens?.[i]?.ttl ?? '24h0m0s',
      usages: given?.bootstrapTokens?.[i]?.usages ?? ['signing', 'authentication'],
    })),
    kind: 'InitConfiguration',
    localAPIEndpoint: { advertiseAddress: node.address, bindPort: node.bindPort },
    nodeRegistration: {
      criSocket: node.criSocket,
      imagePullPolicy: registration.imagePullPolicy ?? 'IfNotPresent',
      imagePullSerial: registration.imagePullSerial ?? true,
      name: node.name,
      taints: registration.taints ?? [{ effect: 'NoSchedule', key: 'node-role.kubernetes.io/control-plane' }],
    },
    timeouts: parse(INIT_DEFAULTS.slice(INIT_DEFAULTS.indexOf('timeouts:'), INIT_DEFAULTS.indexOf('---'))).timeouts,
  }
  return `${toYaml(init)}---\n${clusterConfiguration(cluster)}`
}

/** `kubeadm config`. */
export const config = group({
  use: 'config',
  short: 'Manage configuration for a kubeadm cluster persisted in a ConfigMap in the cluster',
  long: `
There is a ConfigMap in the kube-system namespace called "kubeadm-config" that kubeadm uses to store internal configuration about the
cluster. kubeadm CLI v1.8.0+ automatically creates this ConfigMap with the config used with 'kubeadm init', but if you
initialized your cluster using kubeadm v1.7.x or lower, you must use the 'kubeadm init phase upload-config' command to create this
ConfigMap. This is required so that 'kubeadm upgrade' can configure your upgraded cluster correctly.
`,
  persistentFlags: [f.kubeconfig],
  commands: [
    print,
    validate,
    command({
      use: 'migrate',
      short:
        'Read an older version of the kubeadm configuration API types from a file, and output the similar config object for the newer version',
      flags: [
        {
          name: 'old-config',
          type: 'string',
          usage:
            'Path to the kubeadm config file that is using an old API version and should be converted. This flag is mandatory.',
        },
        {
          name: 'new-config',
          type: 'string',
          usage:
            'Path to the resulting equivalent kubeadm config file using the new API version. Optional, if not specified output will be sent to STDOUT.',
        },
      ],
      *run({ p, flags }): Coro<number> {
        if (!flags.string('old-config')) throw new KubeadmError('the --old-config flag is mandatory')
        const text = migrated(p, flags.string('old-config'))
        if (flags.string('new-config')) writeText(p, flags.string('new-config'), text, 0o600)
        else p.stdout.write(text)
        return 0
      },
    }),
    group({
      use: 'images',
      short: 'Interact with container images used by kubeadm',
      commands: [
        imagesList,
        command({
          use: 'pull',
          short: 'Pull images used by kubeadm',
          args: noArgs,
          flags: [...IMAGE_FLAGS, f.criSocket],
          *run({ p, flags }) {
            yield* pullAll(p, yield* initSettings(p, flags))
            return 0
          },
        }),
      ],
    }),
  ],
})
