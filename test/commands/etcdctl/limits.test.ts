import { expect, test } from 'vitest'
import { etcdctl } from '../../../src/commands/etcdctl/etcdctl.ts'
import { EtcdLab } from '../../programs/etcd/lab.ts'

const EC =
  'etcdctl --endpoints=https://127.0.0.1:2379 --cacert=/etc/kubernetes/pki/etcd/ca.crt --cert=/etc/kubernetes/pki/etcd/server.crt --key=/etc/kubernetes/pki/etcd/server.key'

/** recordings/etcd/15: the server refuses more than 1.5 MiB, the client does not even send more than 2 MiB. */
test.each([
  ['', 1_600_000, 'Error: etcdserver: request is too large\n'],
  [
    '',
    3_000_000,
    'Error: rpc error: code = ResourceExhausted desc = trying to send message larger than max (3000010 vs. 2097152)\n',
  ],
  [
    ' --max-request-bytes=100',
    200,
    'Error: rpc error: code = ResourceExhausted desc = trying to send message larger than max (208 vs. 100)\n',
  ],
])('etcdctl%s put of %i bytes', (flags, bytes, error) => {
  const lab = new EtcdLab(1)
  lab.etcd(0)
  lab.kernel.advance(3000)
  const { exit, err } = lab.sh(0, etcdctl, `${EC}${flags} put big`, {}, 'a'.repeat(bytes))
  expect([exit, err.slice(err.indexOf('Error:'))]).toEqual([1, error])
})
