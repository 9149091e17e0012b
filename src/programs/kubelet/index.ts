import type { Program } from '../../host/index.ts'
import { appPrograms } from '../apps/index.ts'
import { containerd } from '../containerd/index.ts'
import { pause } from '../containerd/pause.ts'
import { coredns } from '../coredns/index.ts'
import { flanneld } from '../flannel/index.ts'
import { kindnetd } from '../kindnet/index.ts'
import { kubeProxy } from '../kube-proxy/index.ts'
import { localPathProvisioner } from '../local-path-provisioner/index.ts'
import { metricsServer } from '../metrics-server/index.ts'
import { kubelet } from './main.ts'

export type { KubeletApi } from './server.ts'
export { kubelet }

/** Programs of a node. */
export const nodePrograms: readonly Program[] = [
  kubelet,
  containerd,
  pause,
  flanneld,
  kindnetd,
  kubeProxy,
  coredns,
  localPathProvisioner,
  metricsServer,
  ...appPrograms,
]
