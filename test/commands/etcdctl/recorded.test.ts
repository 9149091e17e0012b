import { describe, expect, test } from 'vitest'
import { clusterPlan, createWorld } from '../../../src/cluster/index.ts'
import { executable } from '../../../src/cluster/install.ts'
import recorded from './recorded.json' with { type: 'json' }

/** A line of the session; without `exit` it only had to be run: its answer shows ids, or is binary. */
interface Step {
  readonly cmd: string
  readonly exit?: number
  readonly stdout?: string
  readonly stderr?: string
}

const MASKS: readonly (readonly [RegExp, string])[] = [
  [/\b1765[0-9a-f]{12}\b/g, '<lease>'],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?/g, '<time>'],
  [/0x[0-9a-f]{6,}/g, '<ptr>'],
  [/\b694d[0-9a-f]{12}\b|\b32695a[0-9a-f]{10}\b|\b[0-9a-f]{4}9[a-f][0-9a-f]{10}\b/g, '<lease>'],
  [/\b\d{19}\b/g, '<id>'],
]
const masked = (text: string): string => MASKS.reduce((t, [pattern, by]) => t.replace(pattern, by), text)

const IP = '192.168.56.11'
const ETCD = `nohup etcd --name=controlplane --data-dir=/var/lib/etcd --listen-client-urls=http://127.0.0.1:2379,http://${IP}:2379 --advertise-client-urls=http://${IP}:2379 --listen-peer-urls=http://${IP}:2380 --initial-advertise-peer-urls=http://${IP}:2380 --initial-cluster=controlplane=http://${IP}:2380 > etcd.log 2>&1 &`

/** What a real etcdctl 3.6.10 (built from its sources with Go 1.26) printed against an etcd of its own, 2026-11-22. */
describe.each(Object.entries(recorded as Record<string, Step[]>))('%s, as a real etcdctl answered', (_name, steps) => {
  test('each line', () => {
    const world = createWorld({ cluster: { ...clusterPlan('etcd-lab')!, components: [] }, seed: 7 })
    executable(world.home, '/usr/local/bin/etcd', 'etcd')
    world.run('systemctl stop kubelet containerd; rm -rf /var/lib/* /opt/* /etc/resolv.conf; mkdir -p /opt/backup')
    world.run(ETCD)
    world.advance(6000)
    const wrong: unknown[] = []
    for (const { cmd, exit, stdout = '', stderr = '' } of steps) {
      const seen = world.observe(cmd, { timeoutMs: 100_000 })
      if (exit === undefined) continue
      const answer = { exit: seen.exit, stdout: masked(seen.stdout), stderr: masked(seen.stderr) }
      if (answer.exit !== exit || answer.stdout !== stdout || answer.stderr !== stderr)
        wrong.push({ cmd, wanted: { exit, stdout, stderr }, answer })
    }
    expect(wrong).toEqual([])
  })
})
