import type { Inode } from '../../../host/index.ts'
import type { Coro } from '../../../kernel/index.ts'

/** A file that find has come to. */
export interface Visit {
  readonly path: string
  readonly name: string
  readonly node: Inode
  readonly depth: number
  /** Set by -prune. */
  prune: boolean
}

/** One test or action of the expression, or all of it. */
export type Test = (v: Visit) => Coro<boolean>

/** A test that takes no time. */
export const simple = (test: (v: Visit) => boolean): Test =>
  function* (v) {
    return test(v)
  }

/** How the trees are walked, and what the expression changed of that. */
export interface Plan {
  min: number
  max: number
  depthFirst: boolean
  follow: boolean
  /** Dialect of -regex. */
  regexType: string
  /** The expression has an action, so nothing is printed by itself. */
  acts: boolean
  quit: boolean
  /** What -exec … + has gathered, run at the end. */
  readonly pending: { argv: string[]; paths: string[] }[]
}
