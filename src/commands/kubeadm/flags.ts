import type { FlagSpec } from '../lib/cobra.ts'

/** Flags of all kubeadm commands. */
export const GLOBAL: readonly FlagSpec[] = [
  {
    name: 'rootfs',
    type: 'string',
    usage: "The path to the 'real' host root filesystem. This will cause kubeadm to chroot into the provided path.",
  },
  {
    name: 'v',
    short: 'v',
    type: 'string',
    typeName: 'Level',
    usage: 'number for the log level verbosity',
  },
  {
    name: 'vmodule',
    type: 'string',
    typeName: 'moduleSpec',
    usage: 'comma-separated list of pattern=N settings for file-filtered logging',
  },
]

const string = (name: string, usage: string, value = ''): FlagSpec => ({ name, type: 'string', usage, default: value })
const bool = (name: string, usage: string): FlagSpec => ({ name, type: 'bool', usage })

export const config = string('config', 'Path to a kubeadm configuration file.')
export const certDir = string('cert-dir', 'The path where to save and store the certificates.', '/etc/kubernetes/pki')
export const kubeconfigDir = string('kubeconfig-dir', 'The path where to save the kubeconfig file.', '/etc/kubernetes')
export const kubeconfig = string(
  'kubeconfig',
  'The kubeconfig file to use when talking to the cluster. If the flag is not set, a set of standard locations can be searched for an existing kubeconfig file.',
  '/etc/kubernetes/admin.conf',
)
export const dryRun = bool('dry-run', "Don't apply any changes; just output what would be done.")
export const nodeName = string('node-name', 'Specify the node name.')
export const kubernetesVersion = string(
  'kubernetes-version',
  'Choose a specific Kubernetes version for the control plane.',
  'stable-1',
)
export const advertiseAddress = string(
  'apiserver-advertise-address',
  "The IP address the API Server will advertise it's listening on. If not set the default network interface will be used.",
)
export const bindPort: FlagSpec = {
  name: 'apiserver-bind-port',
  type: 'int32',
  default: 6443,
  usage: 'Port for the API Server to bind to.',
}
export const extraSans: FlagSpec = {
  name: 'apiserver-cert-extra-sans',
  type: 'stringSlice',
  usage:
    'Optional extra Subject Alternative Names (SANs) to use for the API Server serving certificate. Can be both IP addresses and DNS names.',
}
export const endpoint = string(
  'control-plane-endpoint',
  'Specify a stable IP address or DNS name for the control plane.',
)
const extraArgs = (name: string, component: string): FlagSpec => ({
  name,
  type: 'stringToString',
  typeName: 'mapStringString',
  usage: `A set of extra flags to pass to the ${component} or override default ones in form of <flagname>=<value>`,
})
/** Flags that hand flags on to the components, by component. */
export const EXTRA_ARGS = {
  'kube-apiserver': extraArgs('apiserver-extra-args', 'API Server'),
  'kube-controller-manager': extraArgs('controller-manager-extra-args', 'Controller Manager'),
  'kube-scheduler': extraArgs('scheduler-extra-args', 'Scheduler'),
} as const
export const podCidr = string(
  'pod-network-cidr',
  'Specify range of IP addresses for the pod network. If set, the control plane will automatically allocate CIDRs for every node.',
)
export const serviceCidr = string(
  'service-cidr',
  'Use alternative range of IP address for service VIPs.',
  '10.96.0.0/12',
)
export const dnsDomain = string(
  'service-dns-domain',
  'Use alternative domain for services, e.g. "myorg.internal".',
  'cluster.local',
)
export const imageRepository = string(
  'image-repository',
  'Choose a container registry to pull control plane images from',
  'registry.k8s.io',
)
export const criSocket = string(
  'cri-socket',
  'Path to the CRI socket to connect. If empty kubeadm will try to auto-detect this value; use this option only if you have more than one CRI installed or if you have non-standard CRI socket.',
)
export const ignorePreflight: FlagSpec = {
  name: 'ignore-preflight-errors',
  type: 'stringSlice',
  usage:
    "A list of checks whose errors will be shown as warnings. Example: 'IsPrivilegedUser,Swap'. Value 'all' ignores errors from all checks.",
}

/** `-o`; `formats` are those that the help names. */
export const output = (formats: string): FlagSpec => ({
  name: 'output',
  short: 'o',
  type: 'string',
  default: 'text',
  usage: `Output format. One of: ${formats}.`,
})
export const certificateKey = string(
  'certificate-key',
  'Key used to encrypt the control-plane certificates in the kubeadm-certs Secret. The certificate key is a hex encoded string that is an AES key of size 32 bytes.',
)
export const uploadCerts = bool('upload-certs', 'Upload control-plane certificates to the kubeadm-certs Secret.')
