import type { KubeObject } from '../../kinds/index.ts'

/** Group of nodes that join with a bootstrap token. */
export const BOOTSTRAP_GROUP = 'system:bootstrappers:kubeadm:default-node-token'

const API_GROUP = 'rbac.authorization.k8s.io'
const API_VERSION = `${API_GROUP}/v1`

type Subject = Readonly<Record<string, string>>

/** A group as the subject of a binding. */
export const group = (name: string): Subject => ({ apiGroup: API_GROUP, kind: 'Group', name })

/** A user as the subject of a binding. */
export const user = (name: string): Subject => ({ apiGroup: API_GROUP, kind: 'User', name })

/** A service account of kube-system as the subject of a binding. */
export const serviceAccount = (name: string): Subject => ({ kind: 'ServiceAccount', name, namespace: 'kube-system' })

/** A ClusterRoleBinding as kubeadm creates it. */
export const clusterRoleBinding = (name: string, role: string, ...subjects: Subject[]): KubeObject => ({
  apiVersion: API_VERSION,
  kind: 'ClusterRoleBinding',
  metadata: { name },
  roleRef: { apiGroup: API_GROUP, kind: 'ClusterRole', name: role },
  subjects,
})

/** A ClusterRole as kubeadm creates it. */
export const clusterRole = (name: string, ...rules: object[]): KubeObject => ({
  apiVersion: API_VERSION,
  kind: 'ClusterRole',
  metadata: { name },
  rules,
})

/** A role that may get one named object, and its binding. */
export function getNamed(
  name: string,
  namespace: string,
  resource: string,
  resourceName: string,
  ...subjects: Subject[]
): KubeObject[] {
  return [
    {
      apiVersion: API_VERSION,
      kind: 'Role',
      metadata: { name, namespace },
      rules: [{ apiGroups: [''], resourceNames: [resourceName], resources: [resource], verbs: ['get'] }],
    },
    {
      apiVersion: API_VERSION,
      kind: 'RoleBinding',
      metadata: { name, namespace },
      roleRef: { apiGroup: API_GROUP, kind: 'Role', name },
      subjects,
    },
  ]
}

/** Made when the API server answers for the first time: admin.conf's group may do everything. */
export const clusterAdmins = (): KubeObject =>
  clusterRoleBinding('kubeadm:cluster-admins', 'cluster-admin', group('kubeadm:cluster-admins'))

/** init phase bootstrap-token: what lets nodes join. */
export function bootstrapTokenRbac(): KubeObject[] {
  const csr = 'system:certificates.k8s.io:certificatesigningrequests'
  return [
    clusterRole('kubeadm:get-nodes', { apiGroups: [''], resources: ['nodes'], verbs: ['get'] }),
    clusterRoleBinding('kubeadm:get-nodes', 'kubeadm:get-nodes', group(BOOTSTRAP_GROUP)),
    clusterRoleBinding('kubeadm:kubelet-bootstrap', 'system:node-bootstrapper', group(BOOTSTRAP_GROUP)),
    clusterRoleBinding('kubeadm:node-autoapprove-bootstrap', `${csr}:nodeclient`, group(BOOTSTRAP_GROUP)),
    clusterRoleBinding('kubeadm:node-autoapprove-certificate-rotation', `${csr}:selfnodeclient`, group('system:nodes')),
    clusterRoleBinding(
      'kubeadm:apiserver-kubelet-client',
      'system:kubelet-api-admin',
      user('kube-apiserver-kubelet-client'),
    ),
  ]
}
