import type { Page } from './types.ts'

/** Help pages and flags of `kubectl version` (1.36). */
export const pages = {
  version: {
    use: 'version [flags]',
    short: 'Print the client and server version information',
    long: 'Print the client and server version information for the current context.',
    example: `  # Print the client and server versions for the current context
  kubectl version`,
    disableFlagsInUseLine: true,
    flags: [
      { name: 'client', type: 'bool', usage: 'If true, shows client version only (no server required).' },
      { name: 'output', short: 'o', type: 'string', usage: "One of 'yaml' or 'json'." },
    ],
  },
} satisfies Record<string, Page>
