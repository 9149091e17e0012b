import type { Program } from '../../../host/index.ts'
import type { Coro } from '../../../kernel/index.ts'
import { type Command, command, notSimulated } from '../lib/command.ts'
import { install, upgrade } from './install.ts'
import { update } from './update.ts'

const KNOWN = new Set(['-y', '--yes', '--assume-yes', '-q', '--allow-change-held-packages', '--allow-downgrades'])

function* run(c: Command): Coro<number> {
  const flags = c.args.filter((a) => a.startsWith('-'))
  const [verb, ...words] = c.args.filter((a) => !a.startsWith('-'))
  const strange = flags.find((flag) => !KNOWN.has(flag))
  if (strange) notSimulated(c, strange)
  if (verb === 'update') return yield* update(c)
  if (verb !== 'install' && verb !== 'upgrade') return notSimulated(c, verb ?? 'this command')
  const options = {
    yes: flags.some((flag) => flag === '-y' || flag.endsWith('yes')),
    allowHeld: flags.includes('--allow-change-held-packages'),
    allowDowngrades: flags.includes('--allow-downgrades'),
  }
  return yield* verb === 'upgrade' ? upgrade(c, options) : install(c, words, options)
}

/** apt-get: update, and install and upgrade of the packages of Kubernetes. */
export const aptGet: Program = command('apt-get', run)

/** apt, for people: the same, and it says that scripts should not rely on it. */
export const apt: Program = command('apt', function* (c) {
  if (!c.p.stdout.isTty) c.err('\nWARNING: apt does not have a stable CLI interface. Use with caution in scripts.\n\n')
  return yield* run(c)
})
