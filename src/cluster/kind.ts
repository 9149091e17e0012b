import type { KubeObject } from '../kinds/index.ts'
import { type Issuing, KUBECONFIGS, newKubeconfigCert, type SharedPki } from '../pki/index.ts'
import { type ClusterSettings, kubeconfig, type LaidFile } from '../programs/kubeadm/index.ts'

const KINDNET = 'docker.io/kindest/kindnetd:v20260528-9350166c'
const PROVISIONER = 'docker.io/kindest/local-path-provisioner:v20260521-9fb22683'
const HELPER = 'docker.io/kindest/local-path-helper:v20260131-7181c60a'

/** On every node of a kind cluster from the beginning. */
export const KIND_IMAGES: readonly string[] = [KINDNET, PROVISIONER, HELPER]

/** The kubeconfig that `kind create cluster --name NAME` writes for its user; only nodes called NAME-control-plane are kind's. */
export function kindKubeconfig(
  nodeName: string,
  server: string,
  pki: SharedPki,
  issuing: Issuing,
): Omit<LaidFile, 'path'> | undefined {
  const name = /^(.+)-control-plane$/.exec(nodeName)?.[1]
  if (name === undefined) return undefined
  const kind = `kind-${name}`
  const admin = KUBECONFIGS.find((d) => d.name === 'admin.conf')!
  const pair = newKubeconfigCert(admin, nodeName, pki.ca, issuing)
  const content = (): string =>
    kubeconfig({
      caPem: pki.ca.cert.pem,
      server,
      cluster: kind,
      userName: kind,
      context: kind,
      user: { certPem: pair.cert.pem, keyPem: pair.key.pem },
    })
  return { mode: 0o600, size: 5600, content }
}

const RBAC = 'rbac.authorization.k8s.io'

/**
 * What kind creates in a new cluster after kubeadm: kindnet and the local-path provisioner. Models kind's
 * pkg/build/nodeimage/const_cni.go and const_storage.go (for v1.36). `controlPlane`: name of the node with the API server.
 */
export function kindObjects(cluster: ClusterSettings, controlPlane: string): KubeObject[] {
  return [...kindnet(cluster.podSubnet, `${controlPlane}:6443`), ...localPath()]
}

const object = (apiVersion: string, kind: string, name: string, namespace: string, rest: object = {}): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name, ...(namespace ? { namespace } : {}) },
  ...rest,
})

const rule = (group: string, resources: string[], verbs: string[]): object => ({ apiGroups: [group], resources, verbs })

/** A role for a service account: in `namespace`, or in the whole cluster when that is ''. */
function role(
  names: { readonly role: string; readonly binding: string; readonly account: string; readonly home: string },
  namespace: string,
  rules: readonly object[],
): KubeObject[] {
  const kind = namespace ? 'Role' : 'ClusterRole'
  return [
    object(`${RBAC}/v1`, kind, names.role, namespace, { rules }),
    object(`${RBAC}/v1`, `${kind}Binding`, names.binding, namespace, {
      roleRef: { apiGroup: RBAC, kind, name: names.role },
      subjects: [{ kind: 'ServiceAccount', name: names.account, namespace: names.home }],
    }),
  ]
}

function kindnet(podSubnet: string, endpoint: string): KubeObject[] {
  const names = { role: 'kindnet', binding: 'kindnet', account: 'kindnet', home: 'kube-system' }
  const labels = { tier: 'node', app: 'kindnet', 'k8s-app': 'kindnet' }
  const field = (name: string, fieldPath: string): object => ({ name, valueFrom: { fieldRef: { fieldPath } } })
  return [
    ...role(names, '', [
      { ...rule('policy', ['podsecuritypolicies'], ['use']), resourceNames: ['kindnet'] },
      rule('', ['nodes', 'pods', 'namespaces'], ['list', 'watch']),
      rule('networking.k8s.io', ['networkpolicies'], ['list', 'watch']),
    ]),
    object('v1', 'ServiceAccount', 'kindnet', 'kube-system'),
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'kindnet', namespace: 'kube-system', labels },
      spec: {
        selector: { matchLabels: { app: 'kindnet' } },
        template: {
          metadata: { labels },
          spec: {
            hostNetwork: true,
            nodeSelector: { 'kubernetes.io/os': 'linux' },
            tolerations: [{ operator: 'Exists' }],
            priorityClassName: 'system-node-critical',
            serviceAccountName: 'kindnet',
            containers: [
              {
                name: 'kindnet-cni',
                image: KINDNET,
                env: [
                  field('HOST_IP', 'status.hostIP'),
                  field('POD_IP', 'status.podIP'),
                  { name: 'POD_SUBNET', value: podSubnet },
                  { name: 'CONTROL_PLANE_ENDPOINT', value: endpoint },
                ],
                volumeMounts: [
                  { name: 'cni-cfg', mountPath: '/etc/cni/net.d' },
                  { name: 'xtables-lock', mountPath: '/run/xtables.lock', readOnly: false },
                  { name: 'lib-modules', mountPath: '/lib/modules', readOnly: true },
                  { name: 'nri-plugin', mountPath: '/var/run/nri' },
                ],
                resources: { requests: { cpu: '100m', memory: '50Mi' } },
                securityContext: { privileged: false, capabilities: { add: ['NET_RAW', 'NET_ADMIN'] } },
              },
            ],
            volumes: [
              { name: 'cni-cfg', hostPath: { path: '/etc/cni/net.d' } },
              { name: 'xtables-lock', hostPath: { path: '/run/xtables.lock', type: 'FileOrCreate' } },
              { name: 'lib-modules', hostPath: { path: '/lib/modules' } },
              { name: 'nri-plugin', hostPath: { path: '/var/run/nri' } },
            ],
          },
        },
      },
    },
  ]
}

const LOCAL_PATH = 'local-path-storage'

const CONFIG_JSON = `{
        "nodePathMap":[
        {
                "node":"DEFAULT_PATH_FOR_NON_LISTED_NODES",
                "paths":["/var/local-path-provisioner"]
        }
        ]
}`

const HELPER_POD = `apiVersion: v1
kind: Pod
metadata:
  name: helper-pod
spec:
  priorityClassName: system-node-critical
  tolerations:
    - operator: Exists
      effect: NoSchedule
    - operator: Exists
      effect: NoExecute
  containers:
  - name: helper-pod
    image: ${HELPER}
    imagePullPolicy: IfNotPresent
`

function localPath(): KubeObject[] {
  const account = 'local-path-provisioner-service-account'
  const names = {
    role: 'local-path-provisioner-role',
    binding: 'local-path-provisioner-bind',
    account,
    home: LOCAL_PATH,
  }
  const write = ['get', 'list', 'watch', 'create', 'patch', 'update', 'delete']
  const read = ['get', 'list', 'watch']
  const tolerate = (key: string): object => ({ key, operator: 'Equal', effect: 'NoSchedule' })
  return [
    object('v1', 'Namespace', LOCAL_PATH, ''),
    object('v1', 'ServiceAccount', account, LOCAL_PATH),
    ...role(names, LOCAL_PATH, [rule('', ['pods'], write)]),
    ...role(names, '', [
      rule('', ['nodes', 'persistentvolumeclaims', 'configmaps', 'pods', 'pods/log'], read),
      rule('', ['persistentvolumes'], write),
      rule('', ['events'], ['create', 'patch']),
      rule('storage.k8s.io', ['storageclasses'], read),
    ]),
    object('v1', 'ConfigMap', 'local-path-config', LOCAL_PATH, {
      data: {
        'config.json': CONFIG_JSON,
        'helperPod.yaml': HELPER_POD,
        setup: '#!/bin/sh\nset -eu\nmkdir -m 0777 -p "$VOL_DIR"\n',
        teardown: '#!/bin/sh\nset -eu\nrm -rf "$VOL_DIR"\n',
      },
    }),
    object('apps/v1', 'Deployment', 'local-path-provisioner', LOCAL_PATH, {
      spec: {
        replicas: 1,
        selector: { matchLabels: { app: 'local-path-provisioner' } },
        template: {
          metadata: { labels: { app: 'local-path-provisioner' } },
          spec: {
            nodeSelector: { 'kubernetes.io/os': 'linux' },
            tolerations: [
              tolerate('node-role.kubernetes.io/control-plane'),
              tolerate('node-role.kubernetes.io/master'),
            ],
            serviceAccountName: account,
            containers: [
              {
                name: 'local-path-provisioner',
                image: PROVISIONER,
                imagePullPolicy: 'IfNotPresent',
                command: [
                  'local-path-provisioner',
                  '--debug',
                  'start',
                  '--helper-image',
                  HELPER,
                  '--config',
                  '/etc/config/config.json',
                ],
                volumeMounts: [{ name: 'config-volume', mountPath: '/etc/config/' }],
                env: [
                  { name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
                  { name: 'CONFIG_MOUNT_PATH', value: '/etc/config/' },
                ],
              },
            ],
            volumes: [{ name: 'config-volume', configMap: { name: 'local-path-config' } }],
          },
        },
      },
    }),
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'standard', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
      provisioner: 'rancher.io/local-path',
      reclaimPolicy: 'Delete',
      volumeBindingMode: 'WaitForFirstConsumer',
    },
  ]
}
