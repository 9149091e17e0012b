import type { ClusterPlan, World } from '../../../src/cluster/index.ts'
import type { Program } from '../../../src/host/index.ts'
import type { Ties } from '../ties.ts'

/** What the recorder had prepared off-record: data for one topic, put into the world before its steps. */
export interface Setup {
  /** How long before the recording's start the set-up began, s: its clocks then show the recorder's time of day. */
  readonly lead?: number
  /** Outputs are logs of servers: see server-logs.ts. */
  readonly logs?: true
  /** The cluster, when it is not the area's own. */
  readonly cluster?: ClusterPlan
  /** Words of a recorded command that only meant something in the lab, and what they are here. */
  readonly rewrite?: readonly (readonly [RegExp, string])[]
  /** Files by absolute path, on the host where everything is typed. */
  readonly files?: Readonly<Record<string, string>>
  /** Programs of the recorder's own that stand for its scripts, by path on the host where everything is typed. */
  readonly programs?: Readonly<Record<string, Program>>
  /** What everything typed reads; without it there is a terminal. */
  readonly stdin?: string
  /** Variables of the recorder's shell, over those of the recording. */
  readonly env?: Readonly<Record<string, string>>
  /** Commands before the recording's own set-up, and after it. */
  readonly before?: readonly string[]
  readonly after?: readonly string[]
  /** What no command can do, after `before`. */
  readonly prepare?: (world: World) => void
  /** Steps that the recording keeps back although later ones show their effect, by seconds since the start of the steps. */
  readonly kept?: readonly { readonly at: number; readonly run: string }[]
  /** The node that had been made first, which has the first range of pod addresses. */
  readonly firstNode?: string
  /** Where in its second the recorder's first step began, s. */
  readonly phase?: number
  /** Images that no node had yet. */
  readonly absent?: readonly string[]
  /** Pods of other topics that ran beside, by node: the scheduler counts them. */
  readonly beside?: Readonly<Record<string, number>>
  /** To which of equally good nodes the scheduler gave a pod. */
  readonly ties?: Ties
  /** To which node it gave a pod where what ran beside, which the recording does not tell, made the difference. */
  readonly weighed?: Ties
  /** Under which seed chance (ties between equal nodes, suffixes) falls as it fell for the recorder. */
  readonly seed?: number
}

/** The command that starts `n` pods of other topics on a node, where `beside` has made their namespace. */
export const podsBeside = (node: string, n: number, names = node): string =>
  Array.from(
    { length: n },
    (_, i) =>
      `kubectl run ${names}-${i} -n beside --image=nginx:1.27 --overrides='{"spec":{"nodeName":"${node}"}}' >/dev/null`,
  ).join('; ')
