import type { Coro } from '../../../kernel/index.ts'
import { type Component, MANIFESTS_DIR } from '../../../programs/kubeadm/index.ts'
import type { Client } from '../client.ts'

/** constants.ControlPlaneComponents, in the order in which they are upgraded. */
export const CONTROL_PLANE: readonly Component[] = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler']

/** The component's static pod manifest. */
export const manifestPath = (component: Component): string => `${MANIFESTS_DIR}/${component}.yaml`

/** Certificates that are renewed before a component is started anew (phases/upgrade renewCertsByComponent). */
export const CERTIFICATES_OF: Readonly<Record<Component, readonly string[]>> = {
  etcd: ['etcd-server', 'etcd-peer', 'etcd-healthcheck-client'],
  'kube-apiserver': ['apiserver', 'apiserver-kubelet-client', 'front-proxy-client', 'apiserver-etcd-client'],
  'kube-controller-manager': ['controller-manager.conf'],
  'kube-scheduler': ['scheduler.conf'],
}

/** The tag of an image. */
const tagOf = (image: string): string => image.slice(image.lastIndexOf(':') + 1)

/** Which machine runs which release of a component of the control plane, by its mirror pods. */
export function* runningOn(client: Client, component: Component): Coro<Map<string, string>> {
  const pods: any[] = yield* client.list('Pod', 'kube-system', { labelSelector: `component=${component}` })
  return new Map(
    pods
      .map((pod): [string, string] => [pod.spec?.nodeName ?? '', tagOf(pod.spec?.containers?.[0]?.image ?? '')])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )
}

/** The release of CoreDNS that its Deployment names; empty: there is none. */
export function* coreDnsVersion(client: Client): Coro<string> {
  const found: any = yield* client.find('Deployment', 'kube-system', 'coredns')
  return tagOf(found?.spec?.template?.spec?.containers?.[0]?.image ?? '')
}

/** Release of the kubelet by machine. */
export function* kubelets(client: Client): Coro<Map<string, string>> {
  const nodes: any[] = yield* client.list('Node', undefined)
  return new Map(
    nodes
      .map((node): [string, string] => [node.metadata.name, node.status?.nodeInfo?.kubeletVersion ?? ''])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )
}
