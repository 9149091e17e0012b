import { expect, test } from 'vitest'
import { etcdctl } from '../../../src/commands/etcdctl/etcdctl.ts'
import { EtcdLab } from '../etcd/lab.ts'
import { startApiserver } from './lab.ts'

const EC =
  'etcdctl --endpoints=https://127.0.0.1:2379 --cacert=/etc/kubernetes/pki/etcd/ca.crt --cert=/etc/kubernetes/pki/etcd/server.crt --key=/etc/kubernetes/pki/etcd/server.key'

function server(quota: number): {
  etcdctl: (args: string) => { exit: number | string; err: string; out: string }
  lab: EtcdLab
} {
  const lab = new EtcdLab(1)
  lab.etcd(0, [`--quota-backend-bytes=${quota}`])
  lab.kernel.advance(3000)
  startApiserver(lab, 0)
  return { lab, etcdctl: (args) => lab.sh(0, etcdctl, `${EC} ${args}`) }
}

test('history older than five minutes is given up every five minutes', () => {
  const { lab, etcdctl } = server(2e9)
  lab.kernel.advance(290_000)
  etcdctl('put a 1')
  etcdctl('put a 2')
  expect(etcdctl('get a --rev=2').exit).toBe(0)
  lab.kernel.advance(600_000)
  expect(etcdctl('get a --rev=2').err).toContain('etcdserver: mvcc: required revision has been compacted')
  expect(etcdctl('get compact_rev_key').out).toMatch(/^compact_rev_key\n\d+\n$/)
})

test('a full store stays as it is: the round begins with a write', () => {
  const { lab, etcdctl } = server(1_000_000)
  lab.kernel.advance(20_000)
  etcdctl(`put big ${'x'.repeat(990_000)}`)
  etcdctl('put more 1')
  expect(etcdctl('alarm list').out).toMatch(/alarm:NOSPACE/)
  lab.kernel.advance(1_000_000)
  expect(etcdctl('get big --rev=2').exit).toBe(0)
})
