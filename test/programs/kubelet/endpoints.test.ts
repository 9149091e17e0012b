import { beforeAll, expect, test } from 'vitest'
import { createWorld, type World } from '../../../src/cluster/index.ts'

let world: World
const sh = (line: string): string => {
  const { stdout, stderr } = world.sh(line)
  return stdout + stderr
}
const raw = (path: string, rest = ''): string =>
  sh(`kubectl get --raw '/api/v1/nodes/node01/proxy/${path}'${rest}`).trim()

beforeAll(() => {
  world = createWorld({ cluster: 'default' })
})

test("/configz shows the configuration that the kubelet works with: its file's, defaults, and what it found out", () => {
  expect(
    raw('configz', ` | jq -c '.kubeletconfig | [.kind, .clusterDNS, .evictionHard, .cgroupDriver, .tlsCertFile]'`),
  ).toBe(
    '["KubeletConfiguration",["10.96.0.10"],{"imagefs.available":"15%","imagefs.inodesFree":"5%","memory.available":"100Mi","nodefs.available":"10%","nodefs.inodesFree":"5%"},"systemd","/var/lib/kubelet/pki/kubelet.crt"]',
  )
  expect(raw('configz').slice(0, 262)).toBe(
    '{"kubeletconfig":{"kind":"KubeletConfiguration","apiVersion":"kubelet.config.k8s.io/v1beta1","enableServer":true,"staticPodPath":"/etc/kubernetes/manifests","podLogsDir":"/var/log/pods","syncFrequency":"1m0s","fileCheckFrequency":"20s","httpCheckFrequency":"20s"',
  )
})

test('a file that was changed counts once the kubelet has started anew, and a flag wins over it', () => {
  sh(`ssh node01 'printf "maxPods: 7\\nnodeStatusUpdateFrequency: 20s\\n" | tee -a /var/lib/kubelet/config.yaml'`)
  sh(`ssh node01 'sed -i "/^nodeStatusUpdateFrequency: 0s/d" /var/lib/kubelet/config.yaml'`)
  const SHOW = ` | jq -c '.kubeletconfig | [.maxPods, .nodeStatusReportFrequency, .authentication.anonymous.enabled]'`
  expect(raw('configz', SHOW)).toBe('[110,"5m0s",false]')
  sh(`ssh node01 'echo KUBELET_KUBEADM_ARGS=\\"--anonymous-auth --max-pods=8\\" > /var/lib/kubelet/kubeadm-flags.env'`)
  sh("ssh node01 'systemctl restart kubelet'")
  world.advance(20_000)
  expect(raw('configz', SHOW)).toBe('[8,"20s",true]')
  expect(sh("ssh node01 'curl -sk https://localhost:10250/pods'")).toBe(
    'Forbidden (user=system:anonymous, verb=get, resource=nodes, subresource(s)=[pods proxy])',
  )
})

test('metrics and statistics are of what runs', () => {
  expect(raw('metrics/cadvisor', ` | grep -c ^container_memory_working_set_bytes`)).toMatch(/^[1-9]/)
  expect(raw('metrics', ' | grep ^kubelet_node_name')).toBe('kubelet_node_name{node="node01"} 1')
  expect(raw('stats/summary', ' | jq -r .pods[].podRef.namespace | sort -u')).toContain('kube-system')
  expect(raw('runningpods/', ' | jq -r .items[].metadata.namespace | sort -u')).toContain('kube-system')
  expect(raw('healthz?verbose')).toBe('[+]ping ok\n[+]log ok\n[+]syncloop ok\nhealthz check passed')
})

test('kube-proxy shows its configuration to its own machine', () => {
  expect(
    sh(
      `curl -s localhost:10249/configz | jq -c '.[] | [.kind, .mode, .clusterCIDR, .iptables, .conntrack.min]'`,
    ).trim(),
  ).toBe(
    '["KubeProxyConfiguration","iptables","10.244.0.0/16",{"masqueradeBit":14,"masqueradeAll":false,"localhostNodePorts":true,"syncPeriod":"30s","minSyncPeriod":"1s"},131072]',
  )
})
