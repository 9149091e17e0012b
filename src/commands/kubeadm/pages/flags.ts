import type { FlagSpec } from '../../lib/cobra.ts'

/** The flags as kubeadm's help pages show them. The same name with other words somewhere has that command after a point. */
export const FLAGS: Readonly<Record<string, FlagSpec>> = {
  'allow-deprecated-api': { name: 'allow-deprecated-api', type: 'bool', usage: 'Allow validation of deprecated APIs.' },
  'allow-experimental-api': {
    name: 'allow-experimental-api',
    type: 'bool',
    usage: 'Allow migration to experimental, unreleased APIs.',
  },
  'allow-experimental-api.config': {
    name: 'allow-experimental-api',
    type: 'bool',
    usage: 'Allow validation of experimental, unreleased APIs.',
  },
  'allow-experimental-upgrades': {
    name: 'allow-experimental-upgrades',
    type: 'bool',
    usage:
      'Show unstable versions of Kubernetes as an upgrade alternative and allow upgrading to an alpha/beta/release candidate versions of Kubernetes.',
  },
  'allow-missing-template-keys': {
    name: 'allow-missing-template-keys',
    type: 'bool',
    default: true,
    usage:
      'If true, ignore any errors in templates when a field or map key is missing in the template. Only applies to golang and jsonpath output formats.',
  },
  'allow-release-candidate-upgrades': {
    name: 'allow-release-candidate-upgrades',
    type: 'bool',
    usage:
      'Show release candidate versions of Kubernetes as an upgrade alternative and allow upgrading to a release candidate versions of Kubernetes.',
  },
  'apiserver-advertise-address': {
    name: 'apiserver-advertise-address',
    type: 'string',
    usage:
      "The IP address the API Server will advertise it's listening on. If not set the default network interface will be used.",
  },
  'apiserver-advertise-address.join': {
    name: 'apiserver-advertise-address',
    type: 'string',
    usage:
      "If the node should host a new control plane instance, the IP address the API Server will advertise it's listening on. If not set the default network interface will be used.",
  },
  'apiserver-bind-port': {
    name: 'apiserver-bind-port',
    type: 'int32',
    default: 6443,
    usage: 'Port for the API Server to bind to.',
  },
  'apiserver-bind-port.join': {
    name: 'apiserver-bind-port',
    type: 'int32',
    default: 6443,
    usage: 'If the node should host a new control plane instance, the port for the API Server to bind to.',
  },
  'apiserver-cert-extra-sans': {
    name: 'apiserver-cert-extra-sans',
    type: 'stringSlice',
    usage:
      'Optional extra Subject Alternative Names (SANs) to use for the API Server serving certificate. Can be both IP addresses and DNS names.',
  },
  'cert-dir': {
    name: 'cert-dir',
    type: 'string',
    default: '/etc/kubernetes/pki',
    usage: 'The path where to save and store the certificates.',
  },
  'cert-dir.certs': {
    name: 'cert-dir',
    type: 'string',
    default: '/etc/kubernetes/pki',
    usage: 'The path where to save the certificates',
  },
  'cert-dir.certs2': { name: 'cert-dir', type: 'string', usage: 'The path where to save the certificates' },
  'cert-dir.reset': {
    name: 'cert-dir',
    type: 'string',
    default: '/etc/kubernetes/pki',
    usage: 'The path to the directory where the certificates are stored. If specified, clean this directory.',
  },
  'certificate-key': {
    name: 'certificate-key',
    type: 'string',
    usage:
      'Use this key to decrypt the certificate secrets uploaded by init. The certificate key is a hex encoded string that is an AES key of size 32 bytes.',
  },
  'certificate-key.init': {
    name: 'certificate-key',
    type: 'string',
    usage:
      'Key used to encrypt the control-plane certificates in the kubeadm-certs Secret. The certificate key is a hex encoded string that is an AES key of size 32 bytes.',
  },
  'certificate-key.token': {
    name: 'certificate-key',
    type: 'string',
    usage:
      "When used together with '--print-join-command', print the full 'kubeadm join' flag needed to join the cluster as a control-plane. To create a new certificate key you must use 'kubeadm init phase upload-certs --upload-certs'.",
  },
  'certificate-renewal': {
    name: 'certificate-renewal',
    type: 'bool',
    default: true,
    usage: 'Perform the renewal of certificates used by component changed during upgrades.',
  },
  'cleanup-tmp-dir': { name: 'cleanup-tmp-dir', type: 'bool', usage: 'Cleanup the "/etc/kubernetes/tmp" directory' },
  'client-name': {
    name: 'client-name',
    required: true,
    type: 'string',
    usage: 'The name of user. It will be used as the CN if client certificates are created',
  },
  'component-configs': {
    name: 'component-configs',
    type: 'stringSlice',
    usage:
      'A comma-separated list for component config API objects to print the default values for. Available values: [KubeProxyConfiguration KubeletConfiguration]. If this flag is not set, no component configs will be printed.',
  },
  config: { name: 'config', type: 'string', usage: 'Path to a kubeadm configuration file.' },
  'context-lines': {
    name: 'context-lines',
    short: 'c',
    type: 'int',
    default: 3,
    usage: 'How many lines of context in the diff',
  },
  'control-plane': { name: 'control-plane', type: 'bool', usage: 'Create a new control plane instance on this node' },
  'control-plane-endpoint': {
    name: 'control-plane-endpoint',
    type: 'string',
    usage: 'Specify a stable IP address or DNS name for the control plane.',
  },
  'cri-socket': {
    name: 'cri-socket',
    type: 'string',
    usage:
      'Path to the CRI socket to connect. If empty kubeadm will try to auto-detect this value; use this option only if you have more than one CRI installed or if you have non-standard CRI socket.',
  },
  description: {
    name: 'description',
    type: 'string',
    usage: 'A human friendly description of how this token is used.',
  },
  'discovery-file': {
    name: 'discovery-file',
    type: 'string',
    usage: 'For file-based discovery, a file or URL from which to load cluster information.',
  },
  'discovery-token': {
    name: 'discovery-token',
    type: 'string',
    usage: 'For token-based discovery, the token used to validate cluster information fetched from the API server.',
  },
  'discovery-token-ca-cert-hash': {
    name: 'discovery-token-ca-cert-hash',
    type: 'stringSlice',
    usage:
      'For token-based discovery, validate that the root CA public key matches this hash (format: "<type>:<value>").',
  },
  'discovery-token-unsafe-skip-ca-verification': {
    name: 'discovery-token-unsafe-skip-ca-verification',
    type: 'bool',
    usage: 'For token-based discovery, allow joining without --discovery-token-ca-cert-hash pinning.',
  },
  'dry-run': { name: 'dry-run', type: 'bool', usage: "Don't apply any changes; just output what would be done." },
  'dry-run.token': { name: 'dry-run', type: 'bool', usage: 'Whether to enable dry-run mode or not' },
  'dry-run.upgrade': {
    name: 'dry-run',
    type: 'bool',
    usage: 'Do not change any state, just output what actions would be performed.',
  },
  'dry-run.upgrade2': {
    name: 'dry-run',
    type: 'bool',
    usage: 'Do not change any state, just output the actions that would be performed.',
  },
  'etcd-upgrade': { name: 'etcd-upgrade', type: 'bool', default: true, usage: 'Perform the upgrade of etcd.' },
  'feature-gates': {
    name: 'feature-gates',
    type: 'string',
    usage: `A set of key=value pairs that describe feature gates for various features. Options are:
NodeLocalCRISocket=true|false (default=true)
PublicKeysECDSA=true|false (DEPRECATED - default=false)
RootlessControlPlane=true|false (ALPHA - default=false)`,
  },
  force: { name: 'force', short: 'f', type: 'bool', usage: 'Reset the node without prompting for confirmation.' },
  'force.upgrade': {
    name: 'force',
    short: 'f',
    type: 'bool',
    usage: 'Force upgrading although some requirements might not be met. This also implies non-interactive mode.',
  },
  groups: {
    name: 'groups',
    type: 'stringSlice',
    default: ['system:bootstrappers:kubeadm:default-node-token'],
    usage:
      'Extra groups that this token will authenticate as when used for authentication. Must match "\\\\Asystem:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]\\\\z"',
  },
  'ignore-preflight-errors': {
    name: 'ignore-preflight-errors',
    type: 'stringSlice',
    usage:
      "A list of checks whose errors will be shown as warnings. Example: 'IsPrivilegedUser,Swap'. Value 'all' ignores errors from all checks.",
  },
  'image-repository': {
    name: 'image-repository',
    type: 'string',
    default: 'registry.k8s.io',
    usage: 'Choose a container registry to pull control plane images from',
  },
  kubeconfig: {
    name: 'kubeconfig',
    type: 'string',
    default: '/etc/kubernetes/admin.conf',
    usage:
      'The kubeconfig file to use when talking to the cluster. If the flag is not set, a set of standard locations can be searched for an existing kubeconfig file.',
  },
  'kubeconfig-dir': {
    name: 'kubeconfig-dir',
    type: 'string',
    default: '/etc/kubernetes',
    usage: 'The path where to save the kubeconfig file.',
  },
  'kubernetes-version': {
    name: 'kubernetes-version',
    type: 'string',
    default: 'stable-1',
    usage: 'Choose a specific Kubernetes version for the control plane.',
  },
  'new-config': {
    name: 'new-config',
    type: 'string',
    usage:
      'Path to the resulting equivalent kubeadm config file using the new API version. Optional, if not specified output will be sent to STDOUT.',
  },
  'node-name': { name: 'node-name', type: 'string', usage: 'Specify the node name.' },
  'old-config': {
    name: 'old-config',
    type: 'string',
    usage:
      'Path to the kubeadm config file that is using an old API version and should be converted. This flag is mandatory.',
  },
  org: {
    name: 'org',
    type: 'stringSlice',
    usage: 'The organizations of the client certificate. It will be used as the O if client certificates are created',
  },
  output: {
    name: 'output',
    short: 'o',
    type: 'string',
    default: 'text',
    usage:
      'Output format. One of: text|json|yaml|kyaml|go-template|go-template-file|template|templatefile|jsonpath|jsonpath-as-json|jsonpath-file.',
  },
  'output.version': {
    name: 'output',
    short: 'o',
    type: 'string',
    usage: "Output format; available options are 'yaml', 'json' and 'short'",
  },
  patches: {
    name: 'patches',
    type: 'string',
    usage:
      'Path to a directory that contains files named "target[suffix][+patchtype].extension". For example, "kube-apiserver0+merge.yaml" or just "etcd.json". "target" can be one of "kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd", "kubeletconfiguration", "corednsdeployment". "patchtype" can be one of "strategic", "merge" or "json" and they match the patch formats supported by kubectl. The default "patchtype" is "strategic". "extension" must be either "json" or "yaml". "suffix" is an optional string that can be used to determine which patches are applied first alpha-numerically.',
  },
  'pod-network-cidr': {
    name: 'pod-network-cidr',
    type: 'string',
    usage:
      'Specify range of IP addresses for the pod network. If set, the control plane will automatically allocate CIDRs for every node.',
  },
  'print-config': {
    name: 'print-config',
    type: 'bool',
    usage: 'Specifies whether the configuration file that will be used in the upgrade should be printed or not.',
  },
  'print-join-command': {
    name: 'print-join-command',
    type: 'bool',
    usage:
      "Instead of printing only the token, print the full 'kubeadm join' flag needed to join the cluster using the token.",
  },
  'print-manifest': {
    name: 'print-manifest',
    type: 'bool',
    usage: 'Print the addon manifests to STDOUT instead of installing them',
  },
  rootfs: {
    name: 'rootfs',
    type: 'string',
    usage: "The path to the 'real' host root filesystem. This will cause kubeadm to chroot into the provided path.",
  },
  'service-cidr': {
    name: 'service-cidr',
    type: 'string',
    default: '10.96.0.0/12',
    usage: 'Use alternative range of IP address for service VIPs.',
  },
  'service-dns-domain': {
    name: 'service-dns-domain',
    type: 'string',
    default: 'cluster.local',
    usage: 'Use alternative domain for services, e.g. "myorg.internal".',
  },
  'show-managed-fields': {
    name: 'show-managed-fields',
    type: 'bool',
    usage: 'If true, keep the managedFields when printing objects in JSON or YAML format.',
  },
  'skip-certificate-key-print': {
    name: 'skip-certificate-key-print',
    type: 'bool',
    usage: "Don't print the key used to encrypt the control-plane certificates.",
  },
  'skip-phases': { name: 'skip-phases', type: 'stringSlice', usage: 'List of phases to be skipped' },
  'skip-token-print': {
    name: 'skip-token-print',
    type: 'bool',
    usage: "Skip printing of the default bootstrap token generated by 'kubeadm init'.",
  },
  'tls-bootstrap-token': {
    name: 'tls-bootstrap-token',
    type: 'string',
    usage:
      'Specify the token used to temporarily authenticate with the Kubernetes Control Plane while joining the node.',
  },
  token: {
    name: 'token',
    type: 'string',
    usage: 'Use this token for both discovery-token and tls-bootstrap-token when those values are not provided.',
  },
  'token-ttl': {
    name: 'token-ttl',
    type: 'duration',
    default: 86_400_000,
    usage:
      "The duration before the token is automatically deleted (e.g. 1s, 2m, 3h). If set to '0', the token will never expire",
  },
  'token.init': {
    name: 'token',
    type: 'string',
    usage:
      'The token to use for establishing bidirectional trust between nodes and control-plane nodes. The format is [a-z0-9]{6}\\.[a-z0-9]{16} - e.g. abcdef.0123456789abcdef',
  },
  'token.kubeconfig': {
    name: 'token',
    type: 'string',
    usage:
      'The token that should be used as the authentication mechanism for this kubeconfig, instead of client certificates',
  },
  ttl: {
    name: 'ttl',
    type: 'duration',
    default: 86_400_000,
    usage:
      "The duration before the token is automatically deleted (e.g. 1s, 2m, 3h). If set to '0', the token will never expire",
  },
  'upload-certs': {
    name: 'upload-certs',
    type: 'bool',
    usage: 'Upload control-plane certificates to the kubeadm-certs Secret.',
  },
  usages: {
    name: 'usages',
    type: 'stringSlice',
    default: ['signing', 'authentication'],
    usage:
      'Describes the ways in which this token can be used. You can pass --usages multiple times or provide a comma separated list of options. Valid options: [signing,authentication]',
  },
  v: { name: 'v', short: 'v', type: 'string', typeName: 'Level', usage: 'number for the log level verbosity' },
  'validity-period': {
    name: 'validity-period',
    type: 'duration',
    default: 31_536_000_000,
    usage: 'The validity period of the client certificate. It is an offset from the current time.',
  },
  vmodule: {
    name: 'vmodule',
    type: 'string',
    typeName: 'moduleSpec',
    usage: 'comma-separated list of pattern=N settings for file-filtered logging',
  },
  yes: {
    name: 'yes',
    short: 'y',
    type: 'bool',
    usage: 'Perform the upgrade and do not prompt for confirmation (non-interactive mode).',
  },
  'apiserver-extra-args': {
    name: 'apiserver-extra-args',
    type: 'stringToString',
    typeName: 'mapStringString',
    usage: 'A set of extra flags to pass to the API Server or override default ones in form of <flagname>=<value>',
    deprecated: "use 'ClusterConfiguration.apiServer.extraArgs' instead. This flag will be removed in a future version",
    hidden: true,
  },
  'controller-manager-extra-args': {
    name: 'controller-manager-extra-args',
    type: 'stringToString',
    typeName: 'mapStringString',
    usage:
      'A set of extra flags to pass to the Controller Manager or override default ones in form of <flagname>=<value>',
    deprecated:
      "use 'ClusterConfiguration.controllerManager.extraArgs' instead. This flag will be removed in a future version",
    hidden: true,
  },
  'scheduler-extra-args': {
    name: 'scheduler-extra-args',
    type: 'stringToString',
    typeName: 'mapStringString',
    usage: 'A set of extra flags to pass to the Scheduler or override default ones in form of <flagname>=<value>',
    deprecated: "use 'ClusterConfiguration.scheduler.extraArgs' instead. This flag will be removed in a future version",
    hidden: true,
  },
}
