import type { Flags } from '../lib/cobra.ts'

/** What of a command's flags was given; a flag that the command does not have (single phases have few) has its zero value. */
export const flagValues = (flags: Flags) => ({
  text: (name: string): string => (flags.has(name) ? flags.string(name) : ''),
  list: (name: string): readonly string[] => (flags.has(name) ? flags.strings(name) : []),
  yes: (name: string, otherwise = false): boolean => (flags.has(name) ? flags.bool(name) : otherwise),
})
