import { describe, expect, test } from 'vitest'
import { etcdctl } from '../../../src/commands/etcdctl/etcdctl.ts'
import type { Process } from '../../../src/host/index.ts'
import { Interrupt } from '../../../src/kernel/index.ts'
import { isClientEndpoint } from '../../../src/programs/etcd/endpoints.ts'
import { recordings, type Step } from '../../recordings/recording.ts'
import { EtcdLab, flags, ip } from './lab.ts'

const EC =
  'etcdctl --endpoints=https://127.0.0.1:2379 --cacert=/etc/kubernetes/pki/etcd/ca.crt --cert=/etc/kubernetes/pki/etcd/server.crt --key=/etc/kubernetes/pki/etcd/server.key'

const all = recordings('test/recordings', 'etcd')
const step = (topic: string, i: number): Step => all.find((r) => r.topic.startsWith(topic))!.steps[i]

/** Messages of a recorded log in their order, without those of peer connections, whose order is a race. */
const messages = (text: string): string[] =>
  text
    .split('\n')
    .filter((l) => l.startsWith('{') && !/rafthttp|"logger":"(raft|bbolt)"|health.go:214|health error/.test(l))
    .map((l) => JSON.parse(l).msg as string)

const http = (lab: EtcdLab, i: number, path: string, method = 'GET'): { status: number; body: unknown } => {
  const socket = lab.stack(i).sockets.find((s) => s.port === 2381)!
  const { status, body } = socket.service.http!({ method, path }, { ip: '127.0.0.1', port: 40000 })
  return { status, body }
}

describe('start', () => {
  test('the log of a first boot has the recorded lines in the recorded order', () => {
    const lab = new EtcdLab(1)
    const p = lab.etcd(0)
    lab.kernel.advance(3000)
    const want = messages(step('10-', 0).stderr)
    const got = messages(lab.stderr(p))
    expect(got.toSorted()).toEqual(want.toSorted())
    const serving = want.indexOf('starting etcd server')
    expect(got.slice(0, serving)).toEqual(want.slice(0, serving))
  })

  test('fields of the start-up line are those recorded', () => {
    const lab = new EtcdLab(3)
    const p = lab.etcd(0)
    lab.kernel.advance(1000)
    const line = (text: string): Record<string, unknown> =>
      JSON.parse(text.split('\n').find((l) => /starting an etcd server/.test(l))!)
    const { ts: _a, ...got } = line(lab.stderr(p))
    const { ts: _b, ...want } = line(step('01-', 1).stderr)
    expect(got).toEqual(want)
    expect(Object.keys(got)).toEqual(Object.keys(want))
  })

  test('a registered member that lost its data says so at every start (recording 19)', () => {
    const lab = new EtcdLab(3)
    const first = [0, 1, 2].map((i) => lab.etcd(i))
    lab.kernel.advance(6000)
    first[2].kill('SIGTERM')
    lab.kernel.advance(3000)
    lab.hosts[2].fs.remove('/var/lib/etcd/member')
    for (const _ of [1, 2]) {
      const again = lab.etcd(2)
      lab.kernel.advance(3000)
      expect(again.status).toEqual({ code: 1 })
      expect(JSON.parse(lab.stderr(again).trim().split('\n').at(-1)!)).toMatchObject({
        msg: 'discovery failed',
        error: 'member 16946dc3570ef393 has already been bootstrapped',
      })
    }
  })

  test('members that restart together wait for each other, 7 s a peer; one alone does not', () => {
    const lab = new EtcdLab(3)
    const first = [0, 1, 2].map((i) => lab.etcd(i))
    lab.kernel.advance(6000)
    for (const p of first) p.kill('SIGKILL')
    lab.kernel.advance(100)
    const again = [0, 1, 2].map((i) => lab.etcd(i))
    lab.kernel.advance(13_000)
    expect(again.map((p) => lab.messages(p).includes('ready to serve client requests'))).toEqual([false, false, false])
    lab.kernel.advance(4000)
    expect(again.map((p) => lab.messages(p).includes('ready to serve client requests'))).toEqual([true, true, true])
    again[1].kill('SIGTERM')
    lab.kernel.advance(2000)
    const alone = lab.etcd(1)
    lab.kernel.advance(3000)
    expect(lab.messages(alone)).toContain('ready to serve client requests')
  })
})

describe('failures at the start', () => {
  const bad = (extra: string[], prepare?: (lab: EtcdLab) => void): { exit: number | undefined; error: string } => {
    const lab = new EtcdLab(1)
    prepare?.(lab)
    const p = lab.etcd(0, extra)
    lab.kernel.advance(5000)
    const fatal = lab
      .stderr(p)
      .split('\n')
      .find((l) => /"level":"fatal"/.test(l))
    return { exit: p.status?.code, error: fatal ? JSON.parse(fatal).error : lab.stderr(p).split('\n')[0] }
  }
  test.each([
    ['unknown flag', ['--foo'], 2, 'flag provided but not defined: -foo'],
    [
      'bad state',
      ['--initial-cluster-state=exists'],
      2,
      'invalid value "exists" for flag -initial-cluster-state: invalid value',
    ],
    [
      'URL without a scheme',
      ['--listen-client-urls=127.0.0.1:2379'],
      2,
      'invalid value "127.0.0.1:2379" for flag -listen-client-urls: parse "127.0.0.1:2379": first path segment in URL cannot contain colon',
    ],
    [
      'unknown gate',
      ['--feature-gates=Foo=true'],
      2,
      'invalid value "Foo=true" for flag -feature-gates: unrecognized feature gate: Foo',
    ],
    [
      'foreign address',
      ['--listen-peer-urls=https://192.168.56.99:2380'],
      1,
      'listen tcp 192.168.56.99:2380: bind: cannot assign requested address',
    ],
    [
      'foreign client address',
      ['--listen-client-urls=https://192.168.56.99:2379'],
      1,
      'listen tcp 192.168.56.99:2379: bind: cannot assign requested address',
    ],
    [
      'name not in the cluster',
      ['--name=master'],
      1,
      'couldn\'t find local name "master" in the initial cluster configuration',
    ],
    [
      'peer URL differs',
      ['--initial-cluster=controlplane=https://192.168.56.21:2380'],
      1,
      '--initial-cluster has controlplane=https://192.168.56.21:2380 but missing from --initial-advertise-peer-urls=https://192.168.56.11:2380 (resolved urls: "https://192.168.56.11:2380" != "https://192.168.56.21:2380")',
    ],
    ['no peer certificate', ['--peer-cert-file=/nope.crt'], 1, 'open /nope.crt: no such file or directory'],
    ['no client CA, noticed late', ['--trusted-ca-file=/nope.crt'], 1, 'open /nope.crt: no such file or directory'],
    [
      'certificate and key swapped',
      ['--cert-file=/etc/kubernetes/pki/etcd/server.key', '--key-file=/etc/kubernetes/pki/etcd/server.crt'],
      1,
      'tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched',
    ],
  ] as const)('%s', (_case, extra, exit, error) => {
    expect(bad([...extra])).toEqual({ exit, error })
  })

  test('a file in place of the data directory', () => {
    const result = bad([], (lab) => lab.hosts[0].fs.writeFile('/var/lib/etcd', ''))
    expect(result).toEqual({ exit: 1, error: 'readdirent /var/lib/etcd: not a directory' })
  })
})

describe('data directory', () => {
  const restart = (change: (lab: EtcdLab) => void): { exit: number | undefined; lab: EtcdLab; text: string } => {
    const lab = new EtcdLab(1)
    const p = lab.etcd(0)
    lab.kernel.advance(3000)
    p.kill('SIGKILL')
    lab.kernel.advance(100)
    change(lab)
    const again = lab.etcd(0)
    lab.kernel.advance(4000)
    return { exit: again.status?.code, lab, text: lab.stderr(again) }
  }
  test('a lost or emptied database heals from the WAL', () => {
    expect(restart((lab) => lab.hosts[0].fs.unlink('/var/lib/etcd/member/snap/db')).exit).toBeUndefined()
    expect(restart((lab) => lab.hosts[0].fs.writeFile('/var/lib/etcd/member/snap/db', '')).exit).toBeUndefined()
  })
  test('a damaged one panics', () => {
    const { exit, text } = restart((lab) => lab.hosts[0].fs.writeFile('/var/lib/etcd/member/snap/db', 'garbage'))
    expect([exit, text.split('\n').find((l) => l.startsWith('panic:'))]).toEqual([2, 'panic: failed to open database'])
  })
  test('moved away under a running server it is served on, and found where it was moved to', () => {
    const lab = new EtcdLab(1)
    const p = lab.etcd(0)
    lab.kernel.advance(3000)
    const member = (lab.stack(0).sockets.find((s) => s.port === 2379)!.service.custom as any).member()
    lab.hosts[0].fs.rename('/var/lib/etcd', '/var/lib/etcd.bak')
    member.propose((l: any) => l.put('a', '1'))
    p.kill('SIGTERM')
    lab.kernel.advance(1000)
    lab.etcd(0, ['--data-dir=/var/lib/etcd.bak'])
    lab.kernel.advance(3000)
    const custom = lab.stack(0).sockets.find((s) => s.port === 2379)!.service.custom
    expect(isClientEndpoint(custom) && custom.member()?.lineage.store.get('a')?.value).toBe('1')
  })
})

describe('health', () => {
  test('of a member alone, and after the others are gone', () => {
    const lab = new EtcdLab(3)
    const ps = [0, 1, 2].map((i) => lab.etcd(i))
    lab.kernel.advance(8000)
    expect(http(lab, 0, '/health')).toEqual({ status: 200, body: '{"health":"true","reason":""}' })
    expect(http(lab, 0, '/readyz?verbose').body).toBe(
      '[+]data_corruption ok\n[+]serializable_read ok\n[+]linearizable_read ok\n[+]non_learner ok\nok\n',
    )
    expect(http(lab, 0, '/livez/linearizable_read')).toEqual({ status: 404, body: '404 page not found\n' })
    expect(http(lab, 0, '/livez', 'POST')).toEqual({ status: 405, body: 'Method Not Allowed\n' })
    for (const p of ps.slice(1)) p.kill('SIGKILL')
    lab.kernel.advance(4000)
    expect(http(lab, 0, '/health')).toEqual({ status: 503, body: '{"health":"false","reason":"RAFT NO LEADER"}\n' })
    expect(http(lab, 0, '/livez').status).toBe(200)
    expect(() => http(lab, 0, '/readyz')).toThrow('blocked')
  })
})

describe('stopping', () => {
  test('a leader hands over; as a container the status is 0, else the signal', () => {
    const lab = new EtcdLab(3)
    const ps = [0, 1, 2].map((i) => lab.etcd(i))
    lab.kernel.advance(8000)
    const leader = ps.find((p) => lab.messages(p).some((m) => / became leader/.test(m)))!
    leader.kill('SIGTERM')
    lab.kernel.advance(2000)
    expect(leader.status).toEqual({ signal: 'SIGTERM' })
    expect(lab.messages(leader).filter((m) => /leadership/.test(m))).toEqual([
      'leadership transfer starting',
      expect.stringContaining('starts to transfer leadership to'),
      'leadership transfer finished',
    ])
  })

  test('whose raft has ended logs no lost leader', () => {
    const lab = new EtcdLab(1)
    const p = lab.etcd(0)
    lab.kernel.advance(3000)
    p.kill('SIGTERM')
    lab.kernel.advance(1000)
    expect(lab.messages(p).filter((m) => /lost leader/.test(m))).toEqual([])
  })

  test('a server whose log nobody reads any more dies of SIGPIPE when it logs', () => {
    const lab = new EtcdLab(1)
    const p = lab.etcd(0)
    p.stderr.write = () => {
      throw new Interrupt('SIGPIPE')
    }
    lab.kernel.advance(3000)
    expect(p.status).toEqual({ signal: 'SIGPIPE' })
  })
})

describe('certificates', () => {
  test('an expired peer certificate keeps a member out, and says so on both sides', () => {
    const lab = new EtcdLab(3)
    const ps = [0, 1].map((i) => lab.etcd(i))
    lab.kernel.advance(8000)
    lab.hosts[2].clock.set(lab.kernel.now())
    // The third host lives two years ahead: to it every certificate has expired.
    lab.hosts[2].clock.set(lab.kernel.now() + 2 * 365 * 86_400_000)
    const third = lab.etcd(2)
    lab.kernel.advance(12_000)
    const text = lab.stderr(third)
    expect(text).toContain('tls: failed to verify certificate: x509: certificate has expired or is not yet valid')
    expect(lab.messages(third)).not.toContain('ready to serve client requests')
    expect(lab.stderr(ps[0])).toContain('rejected connection on peer endpoint')
    expect(third.status).toBeUndefined()
  })
})

test('flags of a lab member are kubeadm’s', () => {
  expect(flags(0, 1).at(-1)).toBe('--watch-progress-notify-interval=5s')
  expect(ip(0)).toBe('192.168.56.11')
})

describe('a slow disk', () => {
  const leader = (lab: EtcdLab, ps: readonly Process[]): number =>
    ps.findIndex((p) => lab.messages(p).some((m) => m.endsWith('became leader at term 2')))

  test('of 150 ms is worth a warning, one of 1500 ms costs the leader its office', () => {
    const lab = new EtcdLab(3)
    const ps = [0, 1, 2].map((i) => lab.etcd(i))
    lab.kernel.advance(10_000)
    const i = leader(lab, ps)
    lab.hosts[i].fsync = 150
    const mild = lab.sh(i, etcdctl, `${EC} put slow 1`)
    expect([mild.exit, mild.took >= 150, mild.took < 250]).toEqual([0, true, true])
    lab.kernel.advance(10)
    const late =
      'leader failed to send out heartbeat on time; took too long, leader is overloaded likely from slow disk'
    expect(lab.messages(ps[i]).filter((m) => m === late)).toHaveLength(2)
    lab.hosts[i].fsync = 1500
    lab.sh(i, etcdctl, `${EC} put slow 2`)
    lab.kernel.advance(10)
    expect(lab.messages(ps[i]).some((m) => m.startsWith('raft.node') && / changed leader from /.test(m))).toBe(true)
    expect(lab.messages(ps[i])).toContain('slow fdatasync')
    lab.hosts[i].fsync = 0
    expect(lab.sh(i, etcdctl, `${EC} put fast 3`).took).toBeLessThan(100)
  })
})

describe('upkeep', () => {
  test('raft snapshots are written every --snapshot-count entries, the last five are kept', () => {
    const lab = new EtcdLab(1)
    lab.etcd(0, ['--snapshot-count=10'])
    lab.kernel.advance(3000)
    for (let n = 0; n < 80; n++) lab.sh(0, etcdctl, `${EC} put k v`)
    const files = lab.hosts[0].fs.readdir('/var/lib/etcd/member/snap').map(([name]) => name)
    expect(files.filter((f) => f.endsWith('.snap'))).toHaveLength(5)
    expect(files[0]).toMatch(/^0000000000000002-[0-9a-f]{16}\.snap$/)
  })

  test('compaction and defragmentation say what was recorded', () => {
    const lab = new EtcdLab(1)
    const p = lab.etcd(0)
    lab.kernel.advance(3000)
    for (let n = 0; n < 12; n++) lab.sh(0, etcdctl, `${EC} put k v`)
    const before = lab.messages(p).length
    lab.sh(0, etcdctl, `${EC} compact 10`)
    lab.sh(0, etcdctl, `${EC} defrag`)
    expect(lab.messages(p).slice(before)).toEqual([
      'compact tree index',
      'finished scheduled compaction',
      'storing new hash',
      'starting defragment',
      'defragmenting',
      expect.stringMatching(/^Opening db file/),
      'Opening bbolt db (/var/lib/etcd/member/snap/db) successfully',
      'finished defragmenting directory',
      'finished defragment',
      'grpc service status changed',
    ])
  })
})
