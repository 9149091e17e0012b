import { describe, expect, test } from 'vitest'
import { etcdctl } from '../../../src/commands/etcdctl/etcdctl.ts'
import { etcdutl } from '../../../src/commands/etcdutl/etcdutl.ts'
import { etcd } from '../../../src/programs/etcd/etcd.ts'
import { EtcdLab } from '../../programs/etcd/lab.ts'
import { normalise } from '../../recordings/normalise.ts'
import { recordings, type Step } from '../../recordings/recording.ts'

const all = recordings('test/recordings', 'etcd')
const steps = (topic: string): readonly Step[] => all.find((r) => r.topic.startsWith(topic))!.steps

/** Words of a line without shell features. */
const words = (line: string): string[] =>
  [...line.matchAll(/"([^"]*)"|'([^']*)'|((?:[^\s"']|"[^"]*")+)/g)].map((m) => m[1] ?? m[2] ?? m[3].replace(/"/g, ''))

const programs = { etcdctl, etcdutl, etcd }

function replay(lab: EtcdLab, step: Step): { exit: unknown; stdout: string; stderr: string } {
  let line = step.cmd
  const env: Record<string, string> = {}
  for (let m = /^([A-Z_0-9]+)=(\S*) /.exec(line); m; m = /^([A-Z_0-9]+)=(\S*) /.exec(line)) {
    env[m[1]] = m[2]
    line = line.slice(m[0].length)
  }
  const argv = words(line)
  const p = lab.run(0, programs[argv[0] as keyof typeof programs], argv, env)
  const until = lab.kernel.now() + 60_000
  while (!p.status && lab.kernel.step(until));
  const { out, err } = lab.outputs.get(p)!
  return { exit: p.status?.code, stdout: normalise(out.text()), stderr: normalise(err.text()) }
}

const recorded = (s: Step): unknown => ({ exit: s.exit, stdout: normalise(s.stdout), stderr: normalise(s.stderr) })

/** Steps that show state which other, held back steps made, or one of several outcomes of a race. */
const STATEFUL =
  /endpoint (status|hashkv)|alarm list -w json|expired-client|connection reset|broken pipe|(--endpoints=\S*,.*endpoint health|endpoint health --cluster)/

const plain = (s: Step): boolean =>
  /^([A-Z_0-9]+=\S* )*(etcdctl|etcdutl|etcd)( |$)/.test(s.cmd) &&
  !/[|;>`$&]/.test(s.cmd) &&
  typeof s.exit === 'number' &&
  !STATEFUL.test(s.cmd + s.stderr)

describe('recorded on a healthy cluster', () => {
  const lab = new EtcdLab(3)
  for (const i of [0, 1, 2]) lab.etcd(i)
  lab.kernel.advance(10_000)
  test.each(
    ['02-', '03-', '06-'].flatMap((t) =>
      steps(t)
        .filter(plain)
        .map((s) => [s.cmd.slice(0, 150), s] as const),
    ),
  )('%s', (_cmd, step) => {
    expect(replay(lab, step)).toEqual(recorded(step))
  })
})

const TLS =
  '--cacert=/etc/kubernetes/pki/etcd/ca.crt --cert=/etc/kubernetes/pki/etcd/server.crt --key=/etc/kubernetes/pki/etcd/server.key'
const EC = `etcdctl --endpoints=https://127.0.0.1:2379 ${TLS}`

describe('backup and restore', () => {
  test('a snapshot brings back what was there, in a new cluster of one', () => {
    const lab = new EtcdLab(1)
    const first = lab.etcd(0)
    lab.kernel.advance(3000)
    for (let i = 1; i <= 50; i++) lab.sh(0, etcdctl, `${EC} put /registry/k${i} v${i}`)
    expect(lab.sh(0, etcdctl, `${EC} snapshot save /opt/backup/etcd.db`).out).toBe(
      'Snapshot saved at /opt/backup/etcd.db\nServer version 3.6.0\n',
    )
    lab.sh(0, etcdctl, `${EC} del /registry/k1`)
    expect(lab.sh(0, etcdutl, 'etcdutl snapshot restore /opt/backup/etcd.db --data-dir /var/lib/new').exit).toBe(0)
    first.kill('SIGTERM')
    lab.kernel.advance(2000)
    lab.etcd(0, ['--data-dir=/var/lib/new'])
    lab.kernel.advance(3000)
    expect(lab.sh(0, etcdctl, `${EC} get /registry/k1`).out).toBe('/registry/k1\nv1\n')
    expect(lab.sh(0, etcdctl, `${EC} member list`).out).toBe(
      '8e9e05c52164694d, started, controlplane, http://localhost:2380, https://192.168.56.11:2379, false\n',
    )
    expect(lab.sh(0, etcdutl, 'etcdutl snapshot status /opt/backup/etcd.db').out).toMatch(
      /^[0-9a-f]{8}, 51, 50, 2\d kB, 3\.6\.0\n$/,
    )
  })

  test('hashkv opens the file for writing and so spoils it', () => {
    const lab = new EtcdLab(1)
    lab.etcd(0)
    lab.kernel.advance(3000)
    lab.sh(0, etcdctl, `${EC} snapshot save /opt/backup/etcd.db`)
    lab.sh(0, etcdutl, 'etcdutl hashkv /opt/backup/etcd.db')
    const restored = lab.sh(0, etcdutl, 'etcdutl snapshot restore /opt/backup/etcd.db --data-dir /var/lib/new')
    expect([restored.exit, restored.err.split('\n')[1].slice(0, 24)]).toEqual([1, 'Error: expected sha256 ['])
  })
})
