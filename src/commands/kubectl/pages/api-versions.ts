import type { Page } from './types.ts'

/** Help pages and flags of `kubectl api-versions` (1.36). */
export const pages = {
  'api-versions': {
    use: 'api-versions',
    short: 'Print the supported API versions on the server, in the form of "group/version"',
    long: 'Print the supported API versions on the server, in the form of "group/version".',
    example: `  # Print the supported API versions
  kubectl api-versions`,
    disableFlagsInUseLine: true,
  },
} satisfies Record<string, Page>
