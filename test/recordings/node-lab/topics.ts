import type { Deed } from './chronicle.ts'
import { KUBEADM_TOPICS } from './topics-kubeadm.ts'

/** What the replayer must know of one recording of the node lab: what its header says, and what happened off-record. */
export interface Topic {
  /** Time of day at which its first step was typed. */
  readonly at: string
  /** What was done for this recording alone. */
  readonly deeds?: readonly Deed[]
  /** The lab's chronicle does not apply: another machine. */
  readonly alone?: boolean
  /** node01 has joined. */
  readonly workers?: boolean
  /** Seconds that passed before a step (by its number) beyond what the commands took. */
  readonly pauses?: Readonly<Record<number, number>>
  /** Words of a recorded command that only meant something in the lab, and what they are here. */
  readonly rewrite?: readonly (readonly [RegExp, string])[]
  /** Deeds between two steps: before the step of that number. */
  readonly before?: Readonly<Record<number, readonly string[]>>
  /** Ids that the commands name → what they were. */
  readonly ids?: Readonly<Record<string, string>>
  /** The machine on which it was typed; cp1. */
  readonly host?: string
}

const RUNTIME_ENDPOINT = "echo 'runtime-endpoint: unix:///run/containerd/containerd.sock' > /etc/crictl.yaml"

export const TOPICS: Readonly<Record<string, Topic>> = {
  ...KUBEADM_TOPICS,
  'node-01-after-init-no-cni': { at: '02:20:31' },
  'crictl-03-running': {
    at: '02:23:08',
    deeds: [['02:22:00', RUNTIME_ENDPOINT]],
    ids: {
      '2c3d448ffedb6': 'container logger',
      '8bec09bfc7f9b': 'container crasher',
      '419ddba993e90': 'pod logger',
    },
  },
}
