import { clusterPlan } from '../../../src/cluster/index.ts'
import { UBUNTU } from '../../../src/host/index.ts'
import { hollowLog } from '../hollow-log.ts'
import { BARE, BARE_FILES, BINARIES, NO_STATIC_PODS, ORACLE } from './bare.ts'
import type { Setup } from './setup.ts'

export const CONTROL_PLANE: Readonly<Record<string, Setup>> = {
  'control-plane/g02-broken-starts': {
    cluster: { ...clusterPlan('default')!, platform: { ...UBUNTU, cgroups: 1 }, kubelet: { failCgroupV1: false } },
    logs: true,
    // Both as long as the lab's: try.sh cuts its lines.
    env: { ORACLE, R: `${ORACLE}/work/g2` },
    before: [
      BINARIES,
      `mkdir -p ${ORACLE}/rootfs/etc ${ORACLE}/rootfs2/var/lib/kubelet; cp -a /etc/kubernetes ${ORACLE}/rootfs/etc/`,
      // Its containers' network knew no way out.
      'ip route del default',
      `sed '/resolvConf/d; /failCgroupV1/d' /var/lib/kubelet/config.yaml > ${ORACLE}/rootfs2/var/lib/kubelet/config.yaml`,
    ],
  },
  'control-plane/g03-static-pods': {
    logs: true,
    env: { ORACLE },
    before: [
      `mkdir -p ${ORACLE}/logs`,
      `sed -i 's#^KUBELET_KUBEADM_ARGS="#&-v=2 --root-dir=${ORACLE}/nodes/controlplane/kubelet #' /var/lib/kubelet/kubeadm-flags.env`,
      "mkdir -p /etc/systemd/system/kubelet.service.d; printf '[Service]\\nEnvironment=HOME=/home\\n' > /etc/systemd/system/kubelet.service.d/home.conf; systemctl daemon-reload",
    ],
    prepare: (world) => hollowLog(world, 'controlplane', `${ORACLE}/logs/controlplane.log`),
    // It had run for 2570.5 s then: what it does every 10, 20 and 60 s falls as it did.
    // Pods of other topics ran in the same namespace.
    after: [
      'kubectl run beside --image=nginx:1.27 >/dev/null; systemctl restart kubelet; sleep 491.02',
      ...Array<string>(4).fill('sleep 520'),
      `stat -c %s ${ORACLE}/logs/controlplane.log > mark`,
    ],
  },
  'control-plane/g01-etcd-down': {
    logs: true,
    env: { ORACLE },
    files: BARE_FILES,
    lead: 143,
    before: [
      ...BARE,
      NO_STATIC_PODS,
      `ln -s /root ${ORACLE}/work/g01-etcd-down; touch ${ORACLE}/logs/node01.log`,
      'mv /var/lib/etcd /etcd-data',
      `bash ${ORACLE}/start.py etcd kube-apiserver; sleep 10; bash ${ORACLE}/start.py kube-controller-manager kube-scheduler node01`,
      'kubectl delete ns kube-flannel; kubectl delete pod -n kube-system -l tier=control-plane --force; sleep 90',
    ],
  },
}
