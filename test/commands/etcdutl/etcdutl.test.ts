import { describe, expect, test } from 'vitest'
import { etcdctl } from '../../../src/commands/etcdctl/etcdctl.ts'
import { etcdutl } from '../../../src/commands/etcdutl/etcdutl.ts'
import { statusOfBytes } from '../../../src/commands/etcdutl/status.ts'
import { type File, overwrite } from '../../../src/host/index.ts'
import { bytesToText } from '../../../src/kernel/index.ts'
import { digest, sha256Hex } from '../../../src/pki/index.ts'
import type { SnapshotFile } from '../../../src/programs/etcd/snapshot-file.ts'
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

  /** A cluster of one, and the file of a snapshot of it. */
  const saved = (): { lab: EtcdLab; file: File } => {
    const lab = new EtcdLab(1)
    lab.etcd(0)
    lab.kernel.advance(3000)
    for (let i = 0; i < 80; i++) lab.sh(0, etcdctl, `${EC} put /k${i} ${'v'.repeat(900)}`)
    lab.sh(0, etcdctl, `${EC} snapshot save /opt/backup/etcd.db`)
    return { lab, file: lab.hosts[0].fs.file('/opt/backup/etcd.db') }
  }
  const STATUS = 'etcdutl snapshot status /opt/backup/etcd.db'
  const RESTORE = 'etcdutl snapshot restore /opt/backup/etcd.db --data-dir /var/lib/x'

  test('is a bbolt database with its checksum behind it; the same bytes are the same snapshot', () => {
    const { lab, file } = saved()
    const status = lab.sh(0, etcdutl, STATUS)
    const bytes = file.readBytes()
    expect(bytes.length).toBe(file.size)
    expect(bytes.slice(16, 28)).toEqual(Uint8Array.of(0xed, 0xda, 0x0c, 0xed, 2, 0, 0, 0, 0, 0x10, 0, 0))
    expect(sha256Hex(bytes.subarray(0, -32))).toBe(Buffer.from(bytes.subarray(-32)).toString('hex'))
    expect(bytesToText(bytes)).toContain(`/k17\x10`)
    const { hash, totalKey } = statusOfBytes(bytes)
    expect(status.out).toMatch(new RegExp(`^${hash.toString(16).padStart(8, '0')}, \\d+, ${totalKey}, `))
    // As `cat etcd.db > other` would have made it.
    file.write(bytesToText(bytes))
    expect(lab.sh(0, etcdutl, STATUS).out).toBe(status.out)
    expect(lab.sh(0, etcdutl, RESTORE).exit).toBe(0)
  })

  test('one that was changed is judged by its bytes', () => {
    const { lab, file } = saved()
    const before = lab.sh(0, etcdutl, STATUS).out
    const bytes = file.readBytes()
    const at = bytesToText(bytes).indexOf('vvvv')
    overwrite(
      file,
      bytes.findIndex((_, i) => i > at && bytes[i] === 0x76 && bytes[i + 99] === 0x76),
      Uint8Array.of(0x58),
    )
    const after = lab.sh(0, etcdutl, STATUS)
    expect(after.exit).toBe(0)
    expect(after.out.slice(8)).toBe(before.slice(8))
    expect(after.out.slice(0, 8)).not.toBe(before.slice(0, 8))
    const sum = (b: Uint8Array): string => [...digest('sha256', b)].join(' ')
    expect(lab.sh(0, etcdutl, RESTORE).err).toContain(
      `Error: expected sha256 [${sum(bytes.subarray(0, -32))}], got [${sum(file.readBytes().subarray(0, -32))}]\n`,
    )
    overwrite(file, 2 * 4096, new Uint8Array(4096))
    expect(lab.sh(0, etcdutl, STATUS).err.split('\n')[0]).toBe(
      'panic: assertion failed: Page expected to be: 2, but self identifies as 0',
    )
    overwrite(file, 0, new Uint8Array(8192))
    expect(lab.sh(0, etcdutl, STATUS).err).toBe('Error: invalid database\n')
  })

  /** Real etcdutl 3.6.10 on Linux: what is mapped but behind the end is SIGBUS, what is not mapped happens to be zero. */
  test.each([
    ['unexpected fault address 0x7fa9fdd4b000', 70_000],
    ['panic: assertion failed: Page expected to be: 30, but self identifies as 0', 12_000],
  ])('one that was cut off: %s', (words, size) => {
    const { lab, file } = saved()
    const { payload } = file
    file.write('', size)
    file.payload = (payload as SnapshotFile).cut(size)
    const status = lab.sh(0, etcdutl, STATUS)
    expect([status.exit, status.err.split('\n')[0]]).toEqual([2, words])
    const restore = lab.sh(0, etcdutl, RESTORE)
    expect([restore.exit, restore.err.split('\n').at(-2)]).toEqual([
      1,
      'Error: snapshot missing hash but --skip-hash-check=false',
    ])
  })
})
