import { setup } from 'xstate'

/** What changes a member's role. The reasons are decided in raft.ts; the chart says what they may lead to. */
type MemberEvent =
  /** No word from a leader for one election timeout. */
  | { type: 'electionTimeout' }
  /** A majority would vote for it: only now does it raise the term, so an isolated member never does. */
  | { type: 'wonPreVote' }
  | { type: 'wonVote' }
  /** The leader asked it to take over; the pre-vote is skipped. */
  | { type: 'timeoutNow' }
  /** Heard from the leader of this or a later term, or of a later term. */
  | { type: 'sawLeader' }
  | { type: 'sawHigherTerm' }
  /** A leader did not hear from a majority for a whole election timeout. */
  | { type: 'quorumInactive' }
  | { type: 'stop' }
  | { type: 'removed' }

/** The life of an etcd member after its start: raft with pre-vote and check-quorum (raft/raft.go). */
export const memberMachine = setup({
  types: { events: {} as MemberEvent },
}).createMachine({
  id: 'member',
  initial: 'follower',
  on: { stop: '.stopped', removed: '.stopped' },
  states: {
    follower: { on: { electionTimeout: 'preCandidate', timeoutNow: 'candidate' } },
    preCandidate: {
      on: {
        electionTimeout: { target: 'preCandidate', reenter: true },
        wonPreVote: 'candidate',
        timeoutNow: 'candidate',
        sawLeader: 'follower',
        sawHigherTerm: 'follower',
      },
    },
    candidate: {
      on: {
        wonVote: 'leader',
        electionTimeout: 'preCandidate',
        sawLeader: 'follower',
        sawHigherTerm: 'follower',
      },
    },
    leader: { on: { quorumInactive: 'follower', sawHigherTerm: 'follower' } },
    stopped: { type: 'final' },
  },
})
