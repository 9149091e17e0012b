import type { KubeObject } from '../../kinds/index.ts'
import { sha256Hex } from '../../pki/index.ts'
import { toYaml } from '../../print/index.ts'
import { clusterInfoKubeconfig } from './kubeconfig.ts'
import { sharedKubeletConfig } from './kubelet.ts'
import { BOOTSTRAP_GROUP, getNamed, group, user } from './rbac.ts'
import type { ClusterSettings, NodeSettings } from './settings.ts'

/** Value of the annotation that tells whether a component's configuration was edited by hand. */
export const componentHash = (data: string): string => `sha256:${sha256Hex(data)}`

/** ClusterConfiguration as kubeadm marshals it with every default; what was given besides stays in it. */
export function clusterConfiguration(cluster: ClusterSettings): string {
  const given = cluster.document ?? {}
  const local = { ...given.etcd?.local, dataDir: cluster.etcdDataDir }
  return toYaml(
    inOrder({
      ...given,
      apiServer: {
        ...given.apiServer,
        ...(cluster.certSans.length > 0 ? { certSANs: cluster.certSans } : {}),
      },
      apiVersion: 'kubeadm.k8s.io/v1beta4',
      caCertificateValidityPeriod: given.caCertificateValidityPeriod ?? '87600h0m0s',
      certificateValidityPeriod: given.certificateValidityPeriod ?? '8760h0m0s',
      certificatesDir: cluster.certificatesDir,
      clusterName: cluster.clusterName,
      ...(cluster.controlPlaneEndpoint ? { controlPlaneEndpoint: cluster.controlPlaneEndpoint } : {}),
      controllerManager: given.controllerManager ?? {},
      dns: given.dns ?? {},
      encryptionAlgorithm: given.encryptionAlgorithm ?? 'RSA-2048',
      etcd: given.etcd?.external ? given.etcd : { local },
      imageRepository: cluster.imageRepository,
      kind: 'ClusterConfiguration',
      kubernetesVersion: cluster.kubernetesVersion,
      networking: {
        dnsDomain: cluster.dnsDomain,
        ...(cluster.podSubnet ? { podSubnet: cluster.podSubnet } : {}),
        serviceSubnet: cluster.serviceSubnet,
      },
      proxy: given.proxy ?? {},
      scheduler: given.scheduler ?? {},
    }),
  )
}

/** Go's encoder of structs has the fields in their order, but YAML is made of JSON whose keys are sorted. */
function inOrder(value: any): any {
  if (Array.isArray(value)) return value.map(inOrder)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, inOrder(value[key])]),
  )
}

/** A ConfigMap as kubeadm creates it. */
export const configMap = (
  name: string,
  namespace: string,
  data: Record<string, string>,
  metadata: object = {},
): KubeObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...metadata, name, namespace }, data })

/** init phase upload-config kubeadm: the ConfigMap and who may read it. */
export const uploadKubeadmConfig = (cluster: ClusterSettings): KubeObject[] => [
  configMap('kubeadm-config', 'kube-system', { ClusterConfiguration: clusterConfiguration(cluster) }),
  ...getNamed(
    'kubeadm:nodes-kubeadm-config',
    'kube-system',
    'configmaps',
    'kubeadm-config',
    group(BOOTSTRAP_GROUP),
    group('system:nodes'),
  ),
]

/** init phase upload-config kubelet. */
export function uploadKubeletConfig(cluster: ClusterSettings, node: NodeSettings): KubeObject[] {
  const kubelet = sharedKubeletConfig(cluster, node.resolvConf, node.kubelet)
  // Of what somebody wrote himself there is no sum.
  const annotations = node.kubelet
    ? undefined
    : { 'kubeadm.kubernetes.io/component-config.hash': componentHash(kubelet) }
  return [
    configMap('kubelet-config', 'kube-system', { kubelet }, annotations ? { annotations } : {}),
    ...getNamed(
      'kubeadm:kubelet-config',
      'kube-system',
      'configmaps',
      'kubelet-config',
      group('system:nodes'),
      group(BOOTSTRAP_GROUP),
    ),
  ]
}

/** The ConfigMap that joining nodes read before they trust anybody. Its signatures are the bootstrap signer's. */
export const clusterInfo = (caPem: string, server: string): KubeObject[] => [
  configMap('cluster-info', 'kube-public', { kubeconfig: clusterInfoKubeconfig(caPem, server) }),
  ...getNamed(
    'kubeadm:bootstrap-signer-clusterinfo',
    'kube-public',
    'configmaps',
    'cluster-info',
    user('system:anonymous'),
  ),
]
