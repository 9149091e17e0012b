import { expect, test } from 'vitest'
import { createWorld } from '../../src/cluster/index.ts'

/** An API server decides about requests out of its informers, which keep what they knew when etcd lost its leader. */
test('without a majority the API server says what it knows, after two seconds that etcd fails, and lets the rest hang', () => {
  const world = createWorld({ cluster: 'ha' })
  world.sh('for h in cp2 cp3; do ssh $h mv /etc/kubernetes/manifests/etcd.yaml /root; done; sleep 8')
  const server = '--server https://192.168.56.11:6443'
  const asked = (line: string) => {
    const start = world.kernel.now()
    const { stdout, stderr } = world.sh(line)
    return [stdout.split('\n')[0] || stderr.trim(), Math.floor((world.kernel.now() - start) / 1000)]
  }
  expect(asked(`kubectl ${server} get --raw /livez/ping`)).toEqual(['ok', 0])
  expect(asked(`kubectl ${server} auth can-i get pods --as system:kube-scheduler`)).toEqual(['yes', 0])
  expect(asked('curl -ks https://192.168.56.11:6443/version')).toEqual(['{', 0])
  expect(asked('curl -ks https://192.168.56.11:6443/livez | tail -1')).toEqual(['livez check failed', 2])
  expect(
    asked(`curl -sS --cacert /etc/kubernetes/pki/ca.crt --cert /etc/kubernetes/pki/apiserver-kubelet-client.crt \
    --key /etc/kubernetes/pki/apiserver-kubelet-client.key https://192.168.56.11:6443/api/v1/nodes`),
  ).toEqual(['curl: (92) HTTP/2 stream 1 was not closed cleanly: INTERNAL_ERROR (err 2)', 60])
})
