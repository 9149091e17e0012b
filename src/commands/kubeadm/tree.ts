import { type Command, type CommandSpec, command, type FlagSpec, maxArgs, noArgs } from '../lib/cobra.ts'
import { KubeadmError, NotSimulated, SubcommandRequired } from './errors.ts'
import { CERTS } from './pages/certs.ts'
import { FLAGS } from './pages/flags.ts'
import { INIT } from './pages/init.ts'
import { INIT_REST } from './pages/init-rest.ts'
import { JOIN } from './pages/join.ts'
import { OTHERS } from './pages/others.ts'
import type { Page } from './pages/page.ts'
import { UPGRADE } from './pages/upgrade.ts'

/** What a command does. */
export type Run = NonNullable<CommandSpec['run']>

/** What the commands do, by path without `kubeadm`. */
export type Runs = Readonly<Record<string, Run>>

const PAGES: readonly Page[] = [...CERTS, ...INIT, ...INIT_REST, ...JOIN, ...UPGRADE, ...OTHERS]

const flagsOf = (names = ''): FlagSpec[] =>
  names
    .split(' ')
    .filter((name) => name !== '')
    .map((name) => FLAGS[name])

/** A command that only holds others: by itself it prints its help and fails. */
const group: Run = function* ({ args, command: self }) {
  if (args.length > 0)
    throw new KubeadmError(`unknown command ${JSON.stringify(args[0])} for ${JSON.stringify(self.path)}`)
  throw new SubcommandRequired()
}

const notSimulated: Run = function* ({ command: self }) {
  throw new NotSimulated(self.path.replace('kubeadm ', ''))
}

function runOf(page: Page, runs: Runs): Run | undefined {
  if (page.runnable === false) return undefined
  return page.group ? group : (runs[page.path] ?? notSimulated)
}

function build(page: Page, runs: Runs): Command {
  const name = page.path.slice(page.path.lastIndexOf(' ') + 1)
  return command({
    use: page.positional ? `${name} ${page.positional}` : name,
    short: page.short,
    long: page.long,
    aliases: page.aliases,
    example: page.example,
    disableFlagsInUseLine: page.bare,
    flags: flagsOf(page.flags),
    persistentFlags: flagsOf(page.persistent),
    args: page.args === 'any' || page.group ? undefined : page.args === 'endpoint' ? maxArgs(1) : noArgs,
    commands: below(page.path, runs),
    run: runOf(page, runs),
  })
}

const below = (path: string, runs: Runs): Command[] =>
  PAGES.filter((page) => page.path.slice(0, Math.max(0, page.path.lastIndexOf(' '))) === path).map((page) =>
    build(page, runs),
  )

/** kubeadm's commands: their pages as data, and what they do; a command without that says that it is not simulated. */
export const commandTree = (runs: Runs): Command[] => below('', runs)
