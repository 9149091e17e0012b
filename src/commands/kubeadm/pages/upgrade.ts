import type { Page } from './page.ts'

/** Pages of `kubeadm upgrade`. */
export const UPGRADE: readonly Page[] = [
  { path: 'upgrade', short: 'Upgrade your cluster smoothly to a newer version with this command', group: true },
  {
    path: 'upgrade apply',
    positional: '[version]',
    bare: true,
    short: 'Upgrade your Kubernetes cluster to the specified version',
    long: `Upgrade your Kubernetes cluster to the specified version

The "apply [version]" command executes the following phases:
\`\`\`
preflight        Run preflight checks before upgrade
control-plane    Upgrade the control plane
upload-config    Upload the kubeadm and kubelet configurations to ConfigMaps
  /kubeadm         Upload the kubeadm ClusterConfiguration to a ConfigMap
  /kubelet         Upload the kubelet configuration to a ConfigMap
kubelet-config   Upgrade the kubelet configuration for this node
bootstrap-token  Configures bootstrap token and cluster-info RBAC rules
addon            Upgrade the default kubeadm addons
  /coredns         Upgrade the CoreDNS addon
  /kube-proxy      Upgrade the kube-proxy addon
post-upgrade     Run post upgrade tasks
\`\`\``,
    flags:
      'allow-experimental-upgrades allow-release-candidate-upgrades certificate-renewal config dry-run.upgrade etcd-upgrade force.upgrade ignore-preflight-errors kubeconfig patches print-config skip-phases yes',
    args: 'any',
  },
  {
    path: 'upgrade apply phase',
    short: 'Use this command to invoke single phase of the "apply" workflow',
    group: true,
  },
  { path: 'upgrade apply phase addon', short: 'Upgrade the default kubeadm addons', group: true },
  {
    path: 'upgrade apply phase addon all',
    short: 'Upgrade all the addons',
    flags: 'config dry-run.upgrade kubeconfig patches',
    args: 'any',
  },
  {
    path: 'upgrade apply phase addon coredns',
    short: 'Upgrade the CoreDNS addon',
    flags: 'config dry-run.upgrade kubeconfig patches',
    args: 'any',
  },
  {
    path: 'upgrade apply phase addon kube-proxy',
    short: 'Upgrade the kube-proxy addon',
    flags: 'config dry-run.upgrade kubeconfig',
    args: 'any',
  },
  {
    path: 'upgrade apply phase bootstrap-token',
    short: 'Configures bootstrap token and cluster-info RBAC rules',
    flags: 'config dry-run.upgrade kubeconfig',
    args: 'any',
  },
  {
    path: 'upgrade apply phase control-plane',
    short: 'Upgrade the control plane',
    flags: 'certificate-renewal config dry-run.upgrade etcd-upgrade kubeconfig patches',
    args: 'any',
  },
  {
    path: 'upgrade apply phase kubelet-config',
    short: 'Upgrade the kubelet configuration for this node',
    long: 'Upgrade the kubelet configuration for this node by downloading it from the kubelet-config ConfigMap stored in the cluster',
    flags: 'config dry-run.upgrade kubeconfig patches',
    args: 'any',
  },
  {
    path: 'upgrade apply phase post-upgrade',
    short: 'Run post upgrade tasks',
    flags: 'config dry-run.upgrade kubeconfig',
    args: 'any',
  },
  {
    path: 'upgrade apply phase preflight',
    short: 'Run preflight checks before upgrade',
    flags:
      'allow-experimental-upgrades allow-release-candidate-upgrades config dry-run.upgrade force.upgrade ignore-preflight-errors kubeconfig yes',
    args: 'any',
  },
  {
    path: 'upgrade apply phase upload-config',
    short: 'Upload the kubeadm and kubelet configurations to ConfigMaps',
    aliases: ['uploadconfig'],
    group: true,
  },
  {
    path: 'upgrade apply phase upload-config all',
    short: 'Upload all the configurations to ConfigMaps',
    flags: 'config dry-run.upgrade kubeconfig',
    args: 'any',
  },
  {
    path: 'upgrade apply phase upload-config kubeadm',
    short: 'Upload the kubeadm ClusterConfiguration to a ConfigMap',
    flags: 'config dry-run.upgrade kubeconfig',
    args: 'any',
  },
  {
    path: 'upgrade apply phase upload-config kubelet',
    short: 'Upload the kubelet configuration to a ConfigMap',
    flags: 'config dry-run.upgrade kubeconfig',
    args: 'any',
  },
  {
    path: 'upgrade diff',
    positional: '[version]',
    short:
      'Show what differences would be applied to existing static pod manifests. See also: kubeadm upgrade apply --dry-run',
    flags: 'config context-lines kubeconfig',
    args: 'any',
  },
  {
    path: 'upgrade node',
    short: 'Upgrade commands for a node in the cluster',
    long: `Upgrade commands for a node in the cluster

The "node" command executes the following phases:
\`\`\`
preflight       Run upgrade node pre-flight checks
control-plane   Upgrade the control plane instance deployed on this node, if any
kubelet-config  Upgrade the kubelet configuration for this node
addon           Upgrade the default kubeadm addons
  /coredns        Upgrade the CoreDNS addon
  /kube-proxy     Upgrade the kube-proxy addon
post-upgrade    Run post upgrade tasks
\`\`\``,
    flags:
      'certificate-renewal config dry-run.upgrade2 etcd-upgrade ignore-preflight-errors kubeconfig patches skip-phases',
  },
  { path: 'upgrade node phase', short: 'Use this command to invoke single phase of the "node" workflow', group: true },
  { path: 'upgrade node phase addon', short: 'Upgrade the default kubeadm addons', group: true },
  {
    path: 'upgrade node phase addon all',
    short: 'Upgrade all the addons',
    flags: 'config dry-run.upgrade2 kubeconfig patches',
  },
  {
    path: 'upgrade node phase addon coredns',
    short: 'Upgrade the CoreDNS addon',
    flags: 'config dry-run.upgrade2 kubeconfig patches',
  },
  {
    path: 'upgrade node phase addon kube-proxy',
    short: 'Upgrade the kube-proxy addon',
    flags: 'config dry-run.upgrade2 kubeconfig',
  },
  {
    path: 'upgrade node phase control-plane',
    short: 'Upgrade the control plane instance deployed on this node, if any',
    flags: 'certificate-renewal config dry-run.upgrade2 etcd-upgrade kubeconfig patches',
  },
  {
    path: 'upgrade node phase kubelet-config',
    short: 'Upgrade the kubelet configuration for this node',
    long: 'Upgrade the kubelet configuration for this node by downloading it from the kubelet-config ConfigMap stored in the cluster',
    flags: 'config dry-run.upgrade2 kubeconfig patches',
  },
  {
    path: 'upgrade node phase post-upgrade',
    short: 'Run post upgrade tasks',
    flags: 'config dry-run.upgrade2 kubeconfig',
  },
  {
    path: 'upgrade node phase preflight',
    short: 'Run upgrade node pre-flight checks',
    long: 'Run pre-flight checks for kubeadm upgrade node.',
    flags: 'config ignore-preflight-errors',
  },
  {
    path: 'upgrade plan',
    positional: '[version]',
    short: 'Check which versions are available to upgrade to and validate whether your current cluster is upgradeable.',
    long: 'Check which versions are available to upgrade to and validate whether your current cluster is upgradeable. This command can only run on the control plane nodes where the kubeconfig file "admin.conf" exists. To skip the internet check, pass in the optional [version] parameter.',
    flags:
      'allow-experimental-upgrades allow-missing-template-keys allow-release-candidate-upgrades config etcd-upgrade ignore-preflight-errors kubeconfig output print-config show-managed-fields',
    args: 'any',
  },
]
