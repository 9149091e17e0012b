import { compileMachine, happened, Lifecycle, type Timer } from '../kernel/index.ts'
import { type Id, NONE, sortIds } from './ids.ts'
import { LeaderNews } from './leader-news.ts'
import { memberMachine } from './member.machine.ts'
import type { RaftHost } from './raft-host.ts'

/** kubeadm's defaults: ten ticks of 100 ms. */
const TICK = 100
/** How long a member waits for its leader at the least, ms (`--election-timeout`). */
export const ELECTION_TIMEOUT = 1000
/** A message between two members of a healthy network, ms. */
const LATENCY = 1

const ROLES = compileMachine(memberMachine)

type VoteType = 'MsgPreVote' | 'MsgVote'

/**
 * Elections and terms of one member (raft/v3/raft.go, with PreVote and CheckQuorum as etcd sets them). Heartbeats are
 * implied: a member in contact with its leader needs no timer, so an idle cluster costs no events. Replication itself
 * is the member's business (see member.ts).
 */
export class Raft {
  private readonly role: Lifecycle
  lead: Id = NONE
  /** When this member last heard from its leader, unless it is in contact right now. */
  private heardAt = 0
  private timeout: number
  /** Members tick at different moments, so two with equal timeouts rarely collide. */
  private readonly phase: number
  private timer: Timer | undefined
  private quorumTimer: Timer | undefined
  private leaderSince = 0
  private votes = new Map<Id, boolean>()
  readonly news: LeaderNews

  constructor(private readonly host: RaftHost) {
    this.news = new LeaderNews(host)
    this.role = new Lifecycle(ROLES, host.kernel)
    this.timeout = this.randomTimeout()
    this.phase = host.rng.int(TICK)
    this.heardAt = host.kernel.now()
  }

  get id(): Id {
    return this.host.id
  }

  get term(): number {
    return this.host.replica.term
  }

  get isLeader(): boolean {
    return this.role.state === 'leader'
  }

  /** Number of voters that make a majority. */
  get quorum(): number {
    return Math.floor(this.host.voters().length / 2) + 1
  }

  /** Raft runs: until then (TLS, corruption check) messages to this member are lost. */
  begun = false

  /** Starts the election clock. `elapsed`: ticks already counted (a lone member starts with nearly all of them). */
  start(elapsedMs: number): void {
    this.begun = true
    this.heardAt = this.host.kernel.now() - elapsedMs
    this.arm()
  }

  /** Skips ahead after start (server.go "fast-forwarding election ticks"). */
  forward(ms: number): void {
    this.heardAt -= ms
    this.arm()
  }

  stop(): void {
    this.role.send({ type: 'stop' })
    this.disarm()
    this.host.kernel.cancel(this.quorumTimer)
    if (this.lead !== NONE) happened(this.host.at, 'etcd: no leader')
    this.lead = NONE
    this.news.silence()
  }

  /** Between `freeze` and `thaw`: its clock stands still too. */
  private still = false

  /** The member stands still (SIGSTOP, a write that takes long): nothing runs until `thaw`. */
  freeze(): void {
    this.still = true
    this.disarm()
    this.host.kernel.cancel(this.quorumTimer)
  }

  thaw(): void {
    this.still = false
    this.heardAt = this.host.kernel.now()
    if (this.isLeader) this.watchQuorum()
    else this.arm()
  }

  /** Messages to and from `id` flow again, or no longer do. */
  contact(id: Id, up: boolean): void {
    const { kernel } = this.host
    if (this.isLeader) {
      if (up) kernel.after(LATENCY, () => this.heartbeat(id))
      this.watchQuorum()
    } else if (id === this.lead && !up) {
      this.heardAt = kernel.now()
      this.arm()
    }
    this.host.changed()
  }

  /** Re-evaluates after a membership change. */
  reconfigured(): void {
    if (this.isLeader) {
      this.watchQuorum()
      for (const id of this.host.others()) this.heartbeat(id)
    } else if (this.lead !== NONE && !this.host.reach(this.lead)?.isLeader) {
      // Its leader has just been removed: from now on nobody is heard.
      this.heardAt = this.host.kernel.now()
      this.arm()
    }
    this.host.changed()
  }

  /** The leader hands over (SIGTERM, `move-leader`). */
  transfer(to: Id): void {
    const { log, kernel } = this.host
    log('info', 'raft@v3/raft.go:1652', `${this.id} [term ${this.term}] starts to transfer leadership to ${to}`)
    log(
      'info',
      'raft@v3/raft.go:1658',
      `${this.id} sends MsgTimeoutNow to ${to} immediately as ${to} already has up-to-date log`,
    )
    kernel.after(LATENCY, () => this.host.reach(to)?.timeoutNow(this.id))
  }

  private timeoutNow(from: Id): void {
    const { log } = this.host
    if (!this.promotable()) return
    log(
      'info',
      'raft@v3/raft.go:1754',
      `${this.id} [term ${this.term}] received MsgTimeoutNow from ${from} and starts an election to get leadership.`,
    )
    log('info', 'raft@v3/raft.go:988', `${this.id} is starting a new election at term ${this.term}`)
    this.role.send({ type: 'timeoutNow' })
    this.campaign('MsgVote', true)
  }

  private promotable(): boolean {
    return this.host.voters().includes(this.id) && this.role.state !== 'stopped'
  }

  private electionTimeout(): void {
    this.timer = undefined
    if (!this.promotable() || this.isLeader) return
    this.host.log('info', 'raft@v3/raft.go:988', `${this.id} is starting a new election at term ${this.term}`)
    this.role.send({ type: 'electionTimeout' })
    this.heardAt = this.host.kernel.now() - this.phase
    this.campaign('MsgPreVote', false)
    if (!this.isLeader) this.arm()
  }

  private campaign(type: VoteType, transfer: boolean): void {
    const { host } = this
    const { log, replica } = host
    const pre = type === 'MsgPreVote'
    if (pre) log('info', 'raft@v3/raft.go:930', `${this.id} became pre-candidate at term ${this.term}`)
    else {
      replica.term++
      replica.vote = this.id
      this.timeout = this.randomTimeout()
      log('info', 'raft@v3/raft.go:912', `${this.id} became candidate at term ${this.term}`)
    }
    this.votes = new Map()
    this.lead = NONE
    const term = pre ? this.term + 1 : this.term
    const { lastTerm, lastIndex } = replica
    for (const to of sortIds(host.voters())) {
      if (to === this.id) continue
      log(
        'info',
        'raft@v3/raft.go:1064',
        `${this.id} [logterm: ${lastTerm}, index: ${lastIndex}] sent ${type} request to ${to} at term ${this.term}`,
      )
      host.kernel.after(LATENCY, () => {
        const other = host.reach(to)
        if (other) other.request(type, this, term, lastIndex, lastTerm, transfer)
        else host.unsent(to)
      })
    }
    this.news.announce(this.lead, this.term)
    this.host.changed()
    this.response(type, this.id, this.term, true)
  }

  private request(type: VoteType, from: Raft, term: number, index: number, logTerm: number, transfer: boolean): void {
    if (this.role.state === 'stopped') return
    const { host } = this
    const { log, replica, kernel } = host
    const pre = type === 'MsgPreVote'
    const mine = `${this.id} [logterm: ${replica.lastTerm}, index: ${replica.lastIndex}, vote: ${replica.vote}]`
    const theirs = `${from.id} [logterm: ${logTerm}, index: ${index}]`
    const answer = (granted: boolean, at: number): void => {
      const to = from.id
      kernel.after(LATENCY, () => host.reach(to)?.response(type, this.id, at, granted))
    }
    if (term > this.term) {
      const left = ELECTION_TIMEOUT - this.elapsed()
      if (!transfer && this.lead !== NONE && left > 0) {
        const ticks = Math.ceil(left / TICK)
        const why = `lease is not expired (remaining ticks: ${ticks})`
        log('info', 'raft@v3/raft.go:1095', `${mine} ignored ${type} from ${theirs} at term ${this.term}: ${why}`)
        return
      }
      if (!pre) this.higherTerm(type, from.id, term)
    } else if (term < this.term) {
      if (pre) {
        log('info', 'raft@v3/raft.go:1251', `${mine} rejected ${type} from ${theirs} at term ${this.term}`)
        answer(false, this.term)
      } else this.ignoreLower(type, from.id, term)
      return
    }
    const vote = replica.vote
    const free = vote === from.id || (vote === NONE && this.lead === NONE) || (pre && term > this.term)
    const upToDate = logTerm > replica.lastTerm || (logTerm === replica.lastTerm && index >= replica.lastIndex)
    const now = `${this.id} [logterm: ${replica.lastTerm}, index: ${replica.lastIndex}, vote: ${vote}]`
    if (free && upToDate) {
      log('info', 'raft@v3/raft.go:1233', `${now} cast ${type} for ${theirs} at term ${this.term}`)
      if (!pre) {
        replica.vote = from.id
        this.heardAt = kernel.now()
        this.arm()
      }
    } else log('info', 'raft@v3/raft.go:1251', `${now} rejected ${type} from ${theirs} at term ${this.term}`)
    answer(free && upToDate, pre ? term : this.term)
    this.news.announce(this.lead, this.term)
  }

  private response(type: VoteType, from: Id, term: number, granted: boolean): void {
    const pre = type === 'MsgPreVote'
    if (this.role.state !== (pre ? 'preCandidate' : 'candidate')) return
    const { log } = this.host
    if (!granted && term > this.term) {
      this.higherTerm(`${type}Resp`, from, term)
      this.news.announce(this.lead, this.term)
      return
    }
    this.votes.set(from, granted)
    const yes = [...this.votes.values()].filter(Boolean).length
    const no = this.votes.size - yes
    const what = granted ? `${type}Resp` : `${type}Resp rejection`
    log('info', 'raft@v3/raft.go:1077', `${this.id} received ${what} from ${from} at term ${this.term}`)
    log('info', 'raft@v3/raft.go:1693', `${this.id} has received ${yes} ${type}Resp votes and ${no} vote rejections`)
    if (yes >= this.quorum) {
      this.role.send({ type: pre ? 'wonPreVote' : 'wonVote' })
      if (pre) this.campaign('MsgVote', false)
      else this.becomeLeader()
    } else if (no >= this.quorum) this.becomeFollower(this.term, NONE)
  }

  private becomeLeader(): void {
    const { log, kernel } = this.host
    log('info', 'raft@v3/raft.go:970', `${this.id} became leader at term ${this.term}`)
    this.disarm()
    this.leaderSince = kernel.now()
    this.lead = this.id
    this.host.leading()
    this.news.announce(this.lead, this.term)
    for (const id of this.host.others()) kernel.after(LATENCY, () => this.heartbeat(id))
    this.watchQuorum()
    this.host.changed()
  }

  /** Tells a member who leads. Learners hear it through `contact`, like voters. */
  heartbeat(id: Id): void {
    if (this.isLeader) this.host.reach(id)?.hear(this, this.term)
  }

  private hear(from: Raft, term: number): void {
    if (this.role.state === 'stopped') return
    if (term < this.term) return void this.host.kernel.after(LATENCY, () => from.outranked(this.id, this.term))
    if (term > this.term) this.higherTerm('MsgHeartbeat', from.id, term)
    if (this.role.state !== 'follower') {
      this.role.send({ type: 'sawLeader' })
      this.host.log('info', 'raft@v3/raft.go:897', `${this.id} became follower at term ${this.term}`)
    }
    if (this.isLeader) return
    this.lead = from.id
    this.disarm()
    this.news.announce(this.lead, this.term)
    this.host.follow(from)
    this.host.changed()
    this.host.kernel.soon(() => from.host.changed())
  }

  private outranked(by: Id, term: number): void {
    if (term <= this.term) return
    this.higherTerm('MsgAppResp', by, term)
    this.news.announce(this.lead, this.term)
    this.arm()
    this.host.changed()
  }

  private higherTerm(type: string, from: Id, term: number): void {
    this.host.log(
      'info',
      'raft@v3/raft.go:1116',
      `${this.id} [term: ${this.term}] received a ${type} message with higher term from ${from} [term: ${term}]`,
    )
    this.becomeFollower(term, NONE)
  }

  private ignoreLower(type: string, from: Id, term: number): void {
    this.host.log(
      'info',
      'raft@v3/raft.go:1175',
      `${this.id} [term: ${this.term}] ignored a ${type} message with lower term from ${from} [term: ${term}]`,
    )
  }

  private becomeFollower(term: number, lead: Id): void {
    const { host } = this
    this.role.send({ type: this.isLeader && term === this.term ? 'quorumInactive' : 'sawHigherTerm' })
    if (term !== this.term) {
      host.replica.term = term
      host.replica.vote = NONE
    }
    host.kernel.cancel(this.quorumTimer)
    this.timeout = this.randomTimeout()
    this.heardAt = host.kernel.now()
    this.lead = lead
    host.log('info', 'raft@v3/raft.go:897', `${this.id} became follower at term ${term}`)
    this.arm()
    host.changed()
  }

  /** A leader without a majority steps down at the second of its regular checks that finds it so. */
  private watchQuorum(): void {
    const { kernel } = this.host
    kernel.cancel(this.quorumTimer)
    this.quorumTimer = undefined
    if (!this.isLeader || this.still || this.inContact() >= this.quorum) return
    const checks = Math.floor((kernel.now() - this.leaderSince) / ELECTION_TIMEOUT) + 2
    this.quorumTimer = kernel.at(this.leaderSince + checks * ELECTION_TIMEOUT, () => {
      if (!this.isLeader || this.inContact() >= this.quorum) return
      this.host.log('warn', 'raft@v3/raft.go:1275', `${this.id} stepped down to follower since quorum is not active`)
      this.becomeFollower(this.term, NONE)
      this.news.announce(this.lead, this.term)
      this.host.changed()
    })
  }

  /** Voters in contact, itself included. */
  inContact(): number {
    let n = 0
    for (const id of this.host.voters()) if (id === this.id || this.host.reach(id)) n++
    return n
  }

  /** Voters that acknowledged this leader, itself included. Being in contact is not enough to commit. */
  acknowledged(): number {
    let n = 0
    for (const id of this.host.voters()) if (id === this.id || this.host.reach(id)?.lead === this.id) n++
    return n
  }

  private elapsed(): number {
    if (this.isLeader || (this.lead !== NONE && this.host.reach(this.lead)?.isLeader)) return 0
    return this.host.kernel.now() - this.heardAt
  }

  private arm(): void {
    this.disarm()
    if (!this.promotable() || this.isLeader || this.still) return
    if (this.lead !== NONE && this.host.reach(this.lead)?.isLeader) return
    this.timer = this.host.kernel.at(this.heardAt + this.timeout + this.phase, () => this.electionTimeout())
  }

  private disarm(): void {
    this.host.kernel.cancel(this.timer)
    this.timer = undefined
  }

  private randomTimeout(): number {
    return ELECTION_TIMEOUT + this.host.rng.int(ELECTION_TIMEOUT / TICK) * TICK
  }
}
