/** What a member counts for /metrics and nothing else needs. */
export class Counters {
  /** Answers of /health. */
  healthSuccess = 0
  healthFailures = 0
  /** Proposals whose clients gave up. */
  proposalsFailed = 0
  /** Rounds of reads that ended without a quorum confirming the leader. */
  slowReadIndexes = 0
  /** Learners that this leader has promoted. */
  promotions = 0
  /** Compactions, and the records they removed. */
  compactions = 0
}
