import { shared } from './shared.ts'
import type { Page } from './types.ts'

/** Help pages and flags of `kubectl uncordon` (1.36). */
export const pages = {
  uncordon: {
    use: 'uncordon NODE',
    short: 'Mark node as schedulable',
    long: 'Mark node as schedulable.',
    example: `  # Mark node "foo" as schedulable
  kubectl uncordon foo`,
    disableFlagsInUseLine: true,
    flags: [shared.dryRun, shared.selector],
  },
} satisfies Record<string, Page>
