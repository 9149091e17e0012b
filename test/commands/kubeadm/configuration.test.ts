import { describe, expect, test } from 'vitest'
import { machine } from './sim.ts'

// What kubeadm 1.36.2, built from its sources, said of the same files and flags (Linux, a machine of its own, 2026-11-22).
const START = Date.UTC(2026, 10, 22, 4, 0, 0)
const STACK = 'To see the stack trace of this error execute with --v=5 or higher\n'
const CLUSTER = `apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: v1.36.4
networking:
  podSubnet: 10.244.0.0/16
`
const GVK =
  'error unmarshaling configuration schema.GroupVersionKind{Group:"kubeadm.k8s.io", Version:"v1beta4", Kind:"ClusterConfiguration"}: '

describe('kubeadm config validate, as the real one', () => {
  const m = machine('controlplane', '192.168.56.10', START)
  test.each([
    [
      'several unknown fields',
      `${CLUSTER}foo: 1\nbar: 2\n`,
      `${GVK}strict decoding error: unknown field "bar", unknown field "foo"`,
    ],
    [
      'a list where a struct belongs',
      `${CLUSTER}apiServer: []\n`,
      `${GVK}json: cannot unmarshal array into Go struct field ClusterConfiguration.apiServer of type v1beta4.APIServer`,
    ],
    [
      'arguments as a map, as before v1beta4',
      `${CLUSTER}apiServer:\n  extraArgs:\n    v: "2"\n`,
      `${GVK}json: cannot unmarshal object into Go struct field APIServer.apiServer.ControlPlaneComponent.extraArgs of type []v1beta4.Arg`,
    ],
    [
      'a duration of years',
      `${CLUSTER}certificateValidityPeriod: 1y\n`,
      `${GVK}time: unknown unit "y" in duration "1y"`,
    ],
    [
      'the same kind twice',
      `${CLUSTER}---\n${CLUSTER}`,
      'invalid configuration: kind "ClusterConfiguration" is specified twice in YAML file',
    ],
    [
      'a version that never was',
      CLUSTER.replace('v1beta4', 'v1beta9'),
      'unknown configuration APIs: []schema.GroupVersionKind{schema.GroupVersionKind{Group:"kubeadm.k8s.io", Version:"v1beta9", Kind:"ClusterConfiguration"}}',
    ],
    [
      'a network too small for a node',
      CLUSTER.replace('/16', '/25'),
      'networking.podSubnet: Invalid value: "10.244.0.0/25": the size of pod subnet with mask 25 is smaller than the size of node subnet with mask 24',
    ],
    [
      'two kinds of etcd',
      `${CLUSTER}etcd:\n  local:\n    dataDir: /x\n  external:\n    endpoints: [https://a:2379]\n`,
      'etcd: Invalid value: "": .Etcd.Local and .Etcd.External are mutually exclusive',
    ],
    [
      'an old release',
      CLUSTER.replace('v1.36.4', 'v1.20.0'),
      'this version of kubeadm only supports deploying clusters with the control plane version >= 1.35.0. Current version: v1.20.0',
    ],
  ])('%s', (_case, text, error) => {
    m.host.fs.writeFile('/tmp/c.yaml', text)
    expect(m.run('kubeadm config validate --config /tmp/c.yaml')).toEqual({
      status: 1,
      stdout: '',
      stderr: `error: ${error}\n${STACK}`,
    })
  })

  test('what is only a warning elsewhere: unknown fields; flags beside --config are refused', () => {
    m.host.fs.writeFile('/tmp/c.yaml', `${CLUSTER}foo: 1\ndns:\n  imageTag: v9\nproxy:\n  disabled: true\n`)
    const { stdout, stderr } = m.run('kubeadm config images list --config /tmp/c.yaml')
    expect(stderr).toMatch(/^W\d{4} .* initconfiguration\.go:334\] error unmarshaling .*: unknown field "foo"\n$/)
    expect(stdout).toContain('/coredns/coredns:v9\n')
    expect(stdout).not.toContain('kube-proxy')
    expect(m.run('kubeadm init --config /tmp/c.yaml --pod-network-cidr 10.0.0.0/16').stderr).toBe(
      `error: can not mix '--config' with arguments [pod-network-cidr]\n${STACK}`,
    )
  })

  test.each([
    [
      '--control-plane-endpoint=host:99999',
      'hostport host:99999: port 99999 must be a valid number between 1 and 65535, inclusive',
    ],
    ['--feature-gates=Nope=true', 'unrecognized feature-gate key: Nope'],
    [
      '--ignore-preflight-errors=all,Swap',
      `ignore-preflight-errors: Invalid value: "all,swap": don't specify individual checks if 'all' is used`,
    ],
    [
      '--service-cidr=10.0.0.0/8',
      'networking.serviceSubnet: Invalid value: "10.0.0.0/8": specified service subnet is too large; for 32-bit addresses, the mask must be >= 12',
    ],
  ])('kubeadm init %s', (flag, error) => {
    expect(m.run(`kubeadm init ${flag} --kubernetes-version v1.36.4`).stderr).toBe(`error: ${error}\n${STACK}`)
  })
})
