import { describe, expect, test } from 'vitest'
import { etcdctl } from '../../../src/commands/etcdctl/etcdctl.ts'
import { etcdutl } from '../../../src/commands/etcdutl/etcdutl.ts'
import type { SnapshotFile } from '../../../src/etcd/snapshot.ts'
import { EtcdLab } from '../../programs/etcd/lab.ts'
import { normalise } from '../../recordings/normalise.ts'
import { recordings, type Step } from '../../recordings/recording.ts'

const EC =
  'etcdctl --endpoints=https://127.0.0.1:2379 --cacert=/etc/kubernetes/pki/etcd/ca.crt --cert=/etc/kubernetes/pki/etcd/server.crt --key=/etc/kubernetes/pki/etcd/server.key'

/** Steps of the recording that do not need files which steps of the shell made. */
const usable = ({ cmd, exit }: Step): boolean =>
  cmd.startsWith('etcdutl ') &&
  !/[|;>`$&]/.test(cmd) &&
  typeof exit === 'number' &&
  !/flip|garbage|empty|trunc|copied|\/h\.db|bump|\/proc|defrag|hashkv|snapshot status \/opt\/backup\/etcd\.db/.test(cmd)

describe('recorded', () => {
  const lab = new EtcdLab(1)
  lab.etcd(0)
  lab.kernel.advance(3000)
  lab.sh(0, etcdctl, `${EC} snapshot save /opt/backup/etcd.db`)
  const steps = recordings('test/recordings', 'etcd').find((r) => r.topic.startsWith('05-'))!.steps
  test.each(steps.filter(usable).map((s) => [s.cmd, s] as const))('%s', (cmd, step) => {
    const { exit, out, err } = lab.sh(0, etcdutl, cmd.trim())
    expect({ exit, stdout: normalise(out), stderr: normalise(err) }).toEqual({
      exit: step.exit,
      stdout: normalise(step.stdout),
      stderr: normalise(step.stderr),
    })
  })
})

describe('snapshots', () => {
  test('a directory that is not empty is left alone, an empty one is used', () => {
    const lab = new EtcdLab(1)
    lab.etcd(0)
    lab.kernel.advance(3000)
    lab.sh(0, etcdctl, `${EC} snapshot save /opt/backup/etcd.db`)
    const restore = 'etcdutl snapshot restore /opt/backup/etcd.db --data-dir /var/lib/again'
    lab.hosts[0].fs.mkdir('/var/lib/again')
    expect(lab.sh(0, etcdutl, restore).exit).toBe(0)
    const second = lab.sh(0, etcdutl, restore)
    expect([second.exit, second.err]).toEqual([
      1,
      expect.stringContaining('Error: data-dir "/var/lib/again" not empty or could not be read\n'),
    ])
  })

  test('one that was cut off makes bbolt panic, and is no snapshot to restore', () => {
    const lab = new EtcdLab(1)
    lab.etcd(0)
    lab.kernel.advance(3000)
    lab.sh(0, etcdctl, `${EC} snapshot save /opt/backup/etcd.db`)
    const file = lab.hosts[0].fs.file('/opt/backup/etcd.db')
    const { payload } = file
    const size = 12_000
    file.write('', size)
    file.payload = (payload as SnapshotFile).cut(size)
    const status = lab.sh(0, etcdutl, 'etcdutl snapshot status /opt/backup/etcd.db')
    expect([status.exit, status.err.split('\n')[0]]).toEqual([
      2,
      expect.stringMatching(/^panic: assertion failed: Page expected to be: \d+, but self identifies as 0$/),
    ])
    const restore = lab.sh(0, etcdutl, 'etcdutl snapshot restore /opt/backup/etcd.db --data-dir /var/lib/x')
    expect([restore.exit, restore.err.split('\n').at(-2)]).toEqual([
      1,
      'Error: snapshot missing hash but --skip-hash-check=false',
    ])
  })
})
