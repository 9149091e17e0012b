import { describe, expect, test } from 'vitest'
import { etcdctl } from '../../../src/commands/etcdctl/etcdctl.ts'
import { etcdutl } from '../../../src/commands/etcdutl/etcdutl.ts'
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
})
