import { shared } from './shared.ts'
import type { Page } from './types.ts'

/** Help pages and flags of `kubectl cordon` (1.36). */
export const pages = {
  cordon: {
    use: 'cordon NODE',
    short: 'Mark node as unschedulable',
    long: 'Mark node as unschedulable.',
    example: `  # Mark node "foo" as unschedulable
  kubectl cordon foo`,
    disableFlagsInUseLine: true,
    flags: [shared.dryRun, shared.selector],
  },
} satisfies Record<string, Page>
