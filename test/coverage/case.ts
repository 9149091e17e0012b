/** A realistic command line, and the features of features.json that it needs. */
export interface Case {
  readonly features: readonly string[]
  readonly line: string
}

/** Lines that are run one after the other in one world. */
export interface Group {
  readonly name: string
  readonly cluster: string
  /** What a lab's set-up did before. */
  readonly before: string
  readonly cases: readonly Case[]
}

/** Why a feature is not tried: it is none of kubectl's, or is not meant to exist here. */
export type LeftOut = Readonly<Record<string, string>>
