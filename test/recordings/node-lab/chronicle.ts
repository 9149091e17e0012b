import type { World } from '../../../src/cluster/index.ts'
import { CNI_CONFLIST, PODS, SERVICES } from './pods.ts'

/** Something that was done in the lab: when, what (a command line as root, or to the world), and on which machine. */
export type Deed = readonly [at: string, what: string | ((world: World) => void), host?: string]

const file = (path: string, text: string) => (world: World) => void world.write(path, text)

/** The lab's day as far as it left traces in later recordings. */
export const CHRONICLE: readonly Deed[] = [
  ['02:20:33', 'kubectl taint node cp1 node-role.kubernetes.io/control-plane-'],
  ['02:20:33', file('/root/services.yaml', SERVICES)],
  ['02:20:33', file('/root/pods.yaml', PODS)],
  ['02:20:33', 'kubectl apply -f services.yaml'],
  ['02:20:34', 'kubectl apply -f pods.yaml'],
  ['02:20:45', file('/etc/cni/net.d/10-lab.conflist', CNI_CONFLIST)],
  // kube-proxy may not raise nf_conntrack_max here: from now on it shall not try.
  ['02:24:18', file('/root/conntrack.sh', CONNTRACK_OFF())],
  ['02:24:18', 'bash /root/conntrack.sh'],
  // kubelet-10-16 evicted these for good.
  ['02:32:00', 'kubectl delete pod badimage badcmd nomount --wait=false'],
  ['02:32:03', 'kubectl delete pod oom --wait=false'],
  ['02:50:00', 'kubectl delete pod probefail --wait=false'],
]

function CONNTRACK_OFF(): string {
  return `kubectl -n kube-system get cm kube-proxy -o yaml | sed 's/maxPerCore: null/maxPerCore: 0/' | kubectl replace -f -
kubectl -n kube-system delete pod -l k8s-app=kube-proxy --wait=false
`
}
