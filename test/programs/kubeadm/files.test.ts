import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { Rng } from '../../../src/kernel/index.ts'
import { newSharedPki } from '../../../src/pki/index.ts'
import {
  type Component,
  clusterObjects,
  controlPlaneFiles,
  DEFAULT_CLUSTER,
  instanceConfig,
  kubeadmFlags,
  kubeletConfig,
  manifest,
  nodeSettings,
  uploadKubeletConfig,
} from '../../../src/programs/kubeadm/index.ts'

const recorded = (name: string): string => readFileSync(new URL(`recorded/${name}.txt`, import.meta.url), 'utf8')
const node = nodeSettings('controlplane', '192.168.56.10')

describe('files of a control plane, as recorded', () => {
  test.each<Component>(['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'])('%s.yaml', (name) => {
    expect(manifest(name, DEFAULT_CLUSTER, node)).toBe(recorded(`${name}.yaml`))
  })

  test.each<Component>(['kube-apiserver', 'kube-controller-manager'])(
    '%s.yaml of a machine with more CA directories',
    (name) => {
      const caDirs = ['/etc/ca-certificates', '/usr/local/share/ca-certificates', '/usr/share/ca-certificates']
      const debian = { ...nodeSettings('cp1', '172.30.1.2'), caDirs }
      expect(manifest(name, DEFAULT_CLUSTER, debian)).toBe(recorded(`debian-${name}.yaml`))
    },
  )

  test('the kubelet', () => {
    expect(kubeletConfig(DEFAULT_CLUSTER, node)).toBe(recorded('config.yaml'))
    expect(kubeadmFlags({ ...node, hostname: 'other' })).toBe(recorded('kubeadm-flags.env'))
    expect([kubeadmFlags(node), instanceConfig(node).length]).toEqual(['KUBELET_KUBEADM_ARGS=""\n', 67])
  })

  test('every file has its promised size, and the kubeconfigs those of the real ones', () => {
    const issuing = { rng: new Rng('k'), now: Date.UTC(2026, 10, 21, 2, 40) }
    const { files } = controlPlaneFiles({ cluster: DEFAULT_CLUSTER, node, shared: newSharedPki(issuing), issuing })
    const sizes = new Map<string, number>()
    for (const file of files) {
      const text = typeof file.content === 'string' ? file.content : file.content()
      if (file.size !== undefined) expect([file.path, text.length]).toEqual([file.path, file.size])
      sizes.set(file.path, text.length)
    }
    // Keys are 1675 or 1679 bytes long, as chance will have it.
    expect([5634, 5637, 5642]).toContain(sizes.get('/etc/kubernetes/admin.conf'))
    expect([5661, 5665]).toContain(sizes.get('/etc/kubernetes/super-admin.conf'))
    expect(sizes.get('/etc/kubernetes/kubelet.conf')).toBe(1977)
  })
})

describe('objects in the API, as recorded', () => {
  const objects = clusterObjects(DEFAULT_CLUSTER, node, 'CA')

  test.each(['coredns', 'kubeadm-config', 'kube-proxy'])('ConfigMap %s', (name) => {
    const found = objects.find((o) => o.kind === 'ConfigMap' && o.metadata.name === name)
    expect(found).toEqual(JSON.parse(recorded(`cm-${name}.json`)))
  })

  test('hash of the shared kubelet configuration', () => {
    expect(uploadKubeletConfig(DEFAULT_CLUSTER, nodeSettings('cp1', '10.0.0.1'))[0].metadata.annotations).toEqual({
      'kubeadm.kubernetes.io/component-config.hash':
        'sha256:26488e9fc7c5cb5fdda9996cda2e6651a9af5febce07ea02de11bd3ef3f49e9c',
    })
  })

  test('what there is', () => {
    expect(objects.map((o) => `${o.kind} ${o.metadata.name}`)).toEqual([
      'ClusterRoleBinding kubeadm:cluster-admins',
      'ConfigMap kubeadm-config',
      'Role kubeadm:nodes-kubeadm-config',
      'RoleBinding kubeadm:nodes-kubeadm-config',
      'ConfigMap kubelet-config',
      'Role kubeadm:kubelet-config',
      'RoleBinding kubeadm:kubelet-config',
      'ClusterRole kubeadm:get-nodes',
      'ClusterRoleBinding kubeadm:get-nodes',
      'ClusterRoleBinding kubeadm:kubelet-bootstrap',
      'ClusterRoleBinding kubeadm:node-autoapprove-bootstrap',
      'ClusterRoleBinding kubeadm:node-autoapprove-certificate-rotation',
      'ClusterRoleBinding kubeadm:apiserver-kubelet-client',
      'ConfigMap cluster-info',
      'Role kubeadm:bootstrap-signer-clusterinfo',
      'RoleBinding kubeadm:bootstrap-signer-clusterinfo',
      'ConfigMap coredns',
      'ClusterRole system:coredns',
      'ClusterRoleBinding system:coredns',
      'ServiceAccount coredns',
      'Deployment coredns',
      'Service kube-dns',
      'ServiceAccount kube-proxy',
      'ConfigMap kube-proxy',
      'DaemonSet kube-proxy',
      'ClusterRoleBinding kubeadm:node-proxier',
      'Role kube-proxy',
      'RoleBinding kube-proxy',
    ])
  })
})
