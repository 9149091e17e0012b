import { describe, expect, test } from 'vitest'
import { Api } from '../../src/etcd/api.ts'
import { ClusterApi } from '../../src/etcd/cluster-api.ts'
import { Blocked } from '../../src/etcd/errors.ts'
import type { Member } from '../../src/etcd/member.ts'
import { NAMES, three, url } from './lab.ts'

const leaderOf = (members: Member[]): Member => members.find((m) => m.running && m.raft.isLeader)!
const blockedOf = (fn: () => unknown): Blocked => {
  try {
    fn()
  } catch (error) {
    if (error instanceof Blocked) return error
    throw error
  }
  throw new Error('was not blocked')
}

describe('elections', () => {
  test('three members elect one leader at term 2 and agree on the log', () => {
    const { members } = three()
    expect(new Set(members.map((m) => m.leaderId)).size).toBe(1)
    expect(members.map((m) => [m.raft.term, m.replica.index])).toEqual([
      [2, 8],
      [2, 8],
      [2, 8],
    ])
  })

  test('a killed leader is replaced within two election timeouts, in the words of raft', () => {
    const { lab, members } = three()
    const old = leaderOf(members)
    for (const name of NAMES) lab.said(name)
    lab.stop(old, 'unexpected EOF')
    lab.kernel.advance(2200)
    const next = leaderOf(members)
    expect(next.raft.term).toBe(3)
    const [a, b] = members
      .filter((m) => m !== next)
      .map((m) => m.id)
      .sort()
    const log = `[logterm: 2, index: 8]`
    const raft = lab.said(next.config.name).filter((m) => /^(raft\.node: )?[0-9a-f]{16} /.test(m))
    expect(raft).toEqual([
      `${next.id} is starting a new election at term 2`,
      `${next.id} became pre-candidate at term 2`,
      `${next.id} ${log} sent MsgPreVote request to ${a} at term 2`,
      `${next.id} ${log} sent MsgPreVote request to ${b} at term 2`,
      `raft.node: ${next.id} lost leader ${old.id} at term 2`,
      `${next.id} received MsgPreVoteResp from ${next.id} at term 2`,
      `${next.id} has received 1 MsgPreVoteResp votes and 0 vote rejections`,
      `${next.id} received MsgPreVoteResp from ${members.find((m) => m !== old && m !== next)!.id} at term 2`,
      `${next.id} has received 2 MsgPreVoteResp votes and 0 vote rejections`,
      `${next.id} became candidate at term 3`,
      `${next.id} ${log} sent MsgVote request to ${a} at term 3`,
      `${next.id} ${log} sent MsgVote request to ${b} at term 3`,
      `${next.id} received MsgVoteResp from ${next.id} at term 3`,
      `${next.id} has received 1 MsgVoteResp votes and 0 vote rejections`,
      `${next.id} received MsgVoteResp from ${members.find((m) => m !== old && m !== next)!.id} at term 3`,
      `${next.id} has received 2 MsgVoteResp votes and 0 vote rejections`,
      `${next.id} became leader at term 3`,
      `raft.node: ${next.id} elected leader ${next.id} at term 3`,
    ])
  })

  test('without a quorum the term does not grow, the leader steps down within two seconds, and an hour is cheap', () => {
    const { lab, members } = three()
    const last = leaderOf(members)
    for (const m of members) if (m !== last) lab.stop(m, 'unexpected EOF')
    const api = new Api(last)
    const put = blockedOf(() => api.put('rightafter', '1'))
    lab.kernel.advance(2000)
    expect(last.leaderId).toBeUndefined()
    const before = process.cpuUsage().user
    lab.kernel.advance(3600_000)
    expect((process.cpuUsage().user - before) / 1000).toBeLessThan(3000)
    expect([last.raft.term, last.replica.lastIndex]).toEqual([2, 9])
    expect(put.timeout().message).toBe('etcdserver: request timed out')
    // What came after the step-down was never proposed.
    expect(blockedOf(() => api.put('later', '1')).timeout().message).toBe('context deadline exceeded')
    expect(api.range({ key: 'rightafter', serializable: true }).kvs).toEqual([])
    expect(() => api.watch({ range: { key: 'a' }, onEvent() {}, onEnd() {}, requireLeader: true })).toThrow(
      'etcdserver: no leader',
    )

    const other = members.findIndex((m) => m !== last)
    const back = lab.member(NAMES[other], url(11 + other), members[other].replica)
    lab.kernel.advance(4000)
    expect(back.leaderId).toBe(last.id)
    expect(api.range({ key: 'rightafter' }).kvs.map((kv) => kv.value)).toEqual(['1'])
    expect(api.range({ key: 'later' }).kvs).toEqual([])
  })

  test('an isolated member reads its own past and catches up with its watches', () => {
    const { lab, members } = three()
    const follower = members.find((m) => !m.raft.isLeader)!
    const seen: string[] = []
    new Api(follower).watch({ range: { key: 'k' }, onEvent: (e) => seen.push(String(e.kv.value)), onEnd() {} })
    const api = new Api(leaderOf(members))
    api.put('k', '1')
    lab.cut.add(url(11 + members.indexOf(follower)))
    lab.kernel.advance(3000)
    api.put('k', '2')
    expect(new Api(follower).range({ key: 'k', serializable: true }).kvs[0].value).toBe('1')
    expect(seen).toEqual(['1'])
    lab.cut.clear()
    lab.kernel.advance(8000)
    expect(seen).toEqual(['1', '2'])
    expect(follower.raft.term).toBe(leaderOf(members).raft.term)
  })

  test('leadership moves on request without a gap', () => {
    const { lab, members } = three()
    const old = leaderOf(members)
    const to = members.find((m) => m !== old)!
    const blocked = blockedOf(() => new ClusterApi(new Api(old)).moveLeader(to.id))
    lab.kernel.advance(10)
    expect(blocked.resume()).toBeDefined()
    expect(leaderOf(members)).toBe(to)
  })
})

describe('membership', () => {
  test('a lost data directory under the old identity panics as long as the leader remembers it', () => {
    const { lab, members } = three()
    const victim = members.find((m) => !m.raft.isLeader)!
    const copy = victim.replica.copyPayload()
    new Api(leaderOf(members)).put('a', '1')
    lab.stop(victim, 'EOF')
    const i = members.indexOf(victim)
    lab.member(NAMES[i], url(11 + i), copy)
    lab.kernel.advance(3000)
    expect(lab.exits).toEqual([
      `${NAMES[i]} 2 tocommit(9) is out of range [lastIndex(8)]. Was the raft log corrupted, truncated, or lost?`,
    ])
  })

  test.each([
    ['remove of an unknown member', (c: ClusterApi) => c.remove('1234'), 'etcdserver: member not found'],
    ['add of a used URL', (c: ClusterApi) => c.add([url(13)], false), 'etcdserver: Peer URLs already exists'],
    [
      'promote of a voter',
      (c: ClusterApi) => c.promote('16946dc3570ef393'),
      'etcdserver: can only promote a learner member',
    ],
  ])('%s is refused', (_case, act, message) => {
    const { lab, members } = three()
    lab.kernel.advance(6000)
    expect(() => act(new ClusterApi(new Api(leaderOf(members))))).toThrow(message)
  })

  test('one learner at a time, promoted only when in sync; nothing is added while a member is down', () => {
    const { lab, members } = three()
    lab.kernel.advance(6000)
    const cluster = new ClusterApi(new Api(leaderOf(members)))
    const { member } = cluster.add([url(14)], true)
    expect(() => cluster.add([url(15)], true)).toThrow('etcdserver: too many learner members in cluster')
    expect(() => cluster.promote(member.id)).toThrow(
      'etcdserver: can only promote a learner member which is in sync with leader',
    )
    cluster.remove(member.id)
    lab.stop(members.find((m) => !m.raft.isLeader)!, 'EOF')
    expect(() => cluster.add([url(14)], true)).toThrow('etcdserver: unhealthy cluster')
  })

  test('a removed member ends with status 0', () => {
    const { lab, members } = three()
    lab.kernel.advance(6000)
    const victim = members.find((m) => !m.raft.isLeader)!
    new ClusterApi(new Api(leaderOf(members))).remove(victim.id)
    lab.kernel.advance(1000)
    expect(lab.exits).toEqual([`${victim.config.name} 0 `])
  })
})

describe('leases', () => {
  test('expire with their keys, in one revision', () => {
    const { lab, members } = three()
    const api = new Api(leaderOf(members))
    const { id } = api.leaseGrant(5)
    api.put('a', '1', { lease: id })
    api.put('b', '1', { lease: id })
    lab.kernel.advance(4000)
    expect(api.leaseTimeToLive(id)).toMatchObject({ granted: 5, remaining: 1, keys: ['a', 'b'] })
    const { revision } = api.header()
    lab.kernel.advance(2000)
    expect(api.leaseTimeToLive(id)).toBeUndefined()
    expect([api.range({ key: 'a' }).count, api.header().revision]).toEqual([0, revision + 1])
  })
})
