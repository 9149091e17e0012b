import { clusterPlan } from '../../../src/cluster/index.ts'
import { UBUNTU } from '../../../src/host/index.ts'
import { ORACLE } from './kubeadm.ts'
import type { Setup } from './setup.ts'

/** Binaries of the control plane out of their images, and the root file system in which the lab ran them. */
const binaries = [
  `mkdir -p ${ORACLE}/bin ${ORACLE}/root/usr/bin ${ORACLE}/rootfs/etc ${ORACLE}/rootfs2/var/lib/kubelet`,
  `for b in kube-apiserver kube-controller-manager kube-scheduler kube-proxy etcd; do
  c=$(crictl ps -q --name "^$b$" | head -1); d=${ORACLE}/bin; [ $b = etcd ] && d=${ORACLE}/root/usr/bin
  cp /proc/$(crictl inspect -o go-template --template '{{.info.pid}}' $c)/root/usr/local/bin/$b $d/$b
done; cp /usr/bin/kubelet ${ORACLE}/bin/`,
  `cp -a /etc/kubernetes ${ORACLE}/rootfs/etc/`,
]

export const CONTROL_PLANE: Readonly<Record<string, Setup>> = {
  'control-plane/g02-broken-starts': {
    cluster: { ...clusterPlan('default')!, platform: { ...UBUNTU, cgroups: 1 }, kubelet: { failCgroupV1: false } },
    logs: true,
    env: { ORACLE, R: '/srv/g02' },
    before: [
      ...binaries,
      `sed '/resolvConf/d; /failCgroupV1/d' /var/lib/kubelet/config.yaml > ${ORACLE}/rootfs2/var/lib/kubelet/config.yaml`,
    ],
  },
}
