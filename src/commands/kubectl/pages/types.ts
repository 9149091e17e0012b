import type { CommandSpec } from '../../lib/cobra.ts'

/** What the real command says about itself: usage line, texts, examples and flags. The behaviour is added elsewhere. */
export type Page = Pick<
  CommandSpec,
  'use' | 'aliases' | 'short' | 'long' | 'example' | 'flags' | 'disableFlagsInUseLine'
>
