import { clusterPlan } from '../../../src/cluster/index.ts'
import type { Setup } from './setup.ts'

/** The lab of the kubeadm and control-plane recordings: `$ORACLE` with programs in bin/ and a root file system for kubeadm. */
export const ORACLE = '/srv/oracle'

export const KUBEADM_CONFIG = `apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
bootstrapTokens:
- groups: [system:bootstrappers:kubeadm:default-node-token]
  token: abcdef.0123456789abcdef
  ttl: 24h0m0s
  usages: [signing, authentication]
localAPIEndpoint:
  advertiseAddress: 192.168.56.10
  bindPort: 6443
nodeRegistration:
  criSocket: unix:///run/containerd/containerd.sock
  name: controlplane
  imagePullPolicy: IfNotPresent
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: v1.36.4
clusterName: kubernetes
networking:
  dnsDomain: cluster.local
  podSubnet: 10.244.0.0/16
  serviceSubnet: 10.96.0.0/12
`

const single = clusterPlan('single', 'vm')!

export const KUBEADM: Readonly<Record<string, Setup>> = {
  'kubeadm/h01-kubeadm-offline': {
    // The machine's own name was vm; nothing of Kubernetes ran on it.
    cluster: single,
    files: { [`${ORACLE}/rootfs/tmp/kubeadm-config.yaml`]: KUBEADM_CONFIG },
    env: { ORACLE, R: '/srv/h01' },
    before: [
      `mkdir -p ${ORACLE}/bin`,
      `cp /usr/bin/kubeadm ${ORACLE}/bin/`,
      'systemctl stop kubelet; crictl stop $(crictl ps -q); crictl rmp -fa',
    ],
    after: ['echo "127.0.0.1 localhost" > $R/etc/hosts'],
    rewrite: [
      [/> \/root;/, '> /root/ext.cnf;'],
      [/-extfile \/root /, '-extfile /root/ext.cnf '],
    ],
  },
}
