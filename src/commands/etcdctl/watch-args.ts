import { type FlagSpec, type Flags, parseFlags, UsageError } from '../lib/cobra.ts'
import { badArgs } from './errors.ts'

/** Flags of watch, also of one that is typed in interactive mode. */
export const WATCH_FLAGS: readonly FlagSpec[] = [
  { name: 'interactive', short: 'i', type: 'bool', usage: 'Interactive mode' },
  { name: 'prefix', type: 'bool', usage: 'Watch on a prefix if prefix is set' },
  { name: 'rev', type: 'int64', usage: 'Revision to start watching' },
  { name: 'prev-kv', type: 'bool', usage: 'get the previous key-value pair before the event happens' },
  { name: 'progress-notify', type: 'bool', usage: 'get periodic watch progress notification from server' },
]

/** What is watched, and what is run for each event. */
export interface WatchArgs {
  readonly keys: readonly string[]
  readonly exec: readonly string[]
}

const NUMBER = 'bad number of arguments'
const CONFLICT = `${NUMBER} (found conflicting environment key)`
const SEPARATOR = `${NUMBER} (found separator --, but no commands)`

/** ETCDCTL_WATCH_KEY and ETCDCTL_WATCH_RANGE_END. */
const fromEnvironment = (env: Readonly<Record<string, string>>): string[] => {
  const [key, end] = [env.ETCDCTL_WATCH_KEY ?? '', env.ETCDCTL_WATCH_RANGE_END ?? '']
  if (key === '') return []
  return end === '' ? [key] : [key, end]
}

/** Key and range end stand on the command line or in the environment, not in both. */
function combine(typed: readonly string[], env: readonly string[], exec: readonly string[]): WatchArgs {
  if (typed.length > 0 && env.length > 0) throw badArgs(CONFLICT)
  return { keys: [...env, ...typed], exec }
}

/** Models parseWatchArgs of a command line: what follows `--` is the command. */
export function watchArgs(argv: readonly string[], flags: Flags, env: Readonly<Record<string, string>>): WatchArgs {
  const raw = argv.slice(argv.indexOf('watch') + 1)
  const dash = raw.indexOf('--')
  const fixed = fromEnvironment(env)
  if (dash >= 0 && dash === raw.length - 1) throw badArgs(SEPARATOR)
  if (dash < 0 && raw.length === 0 && fixed.length === 0) throw badArgs(NUMBER)
  const typed = flags.argsLenAtDash >= 0 ? flags.args.slice(0, flags.argsLenAtDash) : flags.args
  return combine(typed, fixed, dash < 0 ? [] : raw.slice(dash + 1))
}

/** The same for a line of interactive mode, `words` being what follows `watch`, with the flags of that watch alone. */
export function typedWatchArgs(
  words: readonly string[],
  env: Readonly<Record<string, string>>,
): WatchArgs & { readonly flags: Flags } {
  const dash = words.indexOf('--')
  const fixed = fromEnvironment(env)
  if (dash >= 0 && dash === words.length - 1) throw badArgs(SEPARATOR)
  const flags = parsed(words)
  const typed = flags.argsLenAtDash >= 0 ? flags.args.slice(0, flags.argsLenAtDash) : flags.args
  if (dash < 0 && typed.length === 0 && fixed.length === 0) throw badArgs(NUMBER)
  return { ...combine(typed, fixed, dash < 0 ? [] : words.slice(dash + 1)), flags }
}

function parsed(words: readonly string[]): Flags {
  try {
    return parseFlags(WATCH_FLAGS, words)
  } catch (error) {
    throw badArgs(error instanceof UsageError ? error.message : 'pflag: help requested')
  }
}
