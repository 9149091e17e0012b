import type { Program } from '../../../host/index.ts'
import { type Coro, globRegex } from '../../../kernel/index.ts'
import { compareVersions, installedPackages } from '../../../programs/lib/packages.ts'
import { type Command, command, notSimulated } from '../lib/command.ts'
import { policy } from './apt-cache.ts'
import { install, upgrade } from './install.ts'
import { candidates } from './sources.ts'
import { update } from './update.ts'

const KNOWN = new Set(['-y', '--yes', '--assume-yes', '-q', '--allow-change-held-packages', '--allow-downgrades'])

/** `apt list`, of the packages that are known here. */
function list(c: Command): number {
  const words = c.args.slice(c.args.indexOf('list') + 1)
  const names = words.filter((w) => !w.startsWith('-'))
  const flags = words.filter((w) => w.startsWith('-'))
  const strange = flags.find(
    (f) => !['-a', '--all-versions', '--upgradable', '--upgradeable', '--installed'].includes(f),
  )
  if (strange) return notSimulated(c, `list ${strange}`)
  const upgradable = flags.some((f) => f.startsWith('--upgrad'))
  // Without a name all of Ubuntu's packages are meant, of which none but those that can be upgraded are known.
  if (names.length === 0 && !upgradable) return notSimulated(c, 'list without a name')
  c.out(`Listing...${c.p.stdout.isTty ? ' Done' : ''}\n`)
  for (const own of installedPackages(c.host)) {
    if (names.length > 0 && !names.some((one) => globRegex(one).test(own.name))) continue
    const offers = candidates(c.p, own.name)
    const [newest] = offers
    const newer = newest && compareVersions(own.version, newest.version) < 0
    if (upgradable && !newer) continue
    const all = flags.includes('-a') || flags.includes('--all-versions')
    const versions = [...new Set([...offers.map((o) => o.version), own.version])]
      .sort((a, b) => compareVersions(b, a))
      .filter((v, i) => all || (flags.includes('--installed') ? v === own.version : i === 0))
    for (const version of versions) {
      const here = version === own.version
      const source = offers.some((o) => o.version === version) ? '/unknown' : ''
      const state = here
        ? ` [installed${source ? (newer ? `,upgradable to: ${newest.version}` : '') : ',local'}]`
        : newer && version === newest.version
          ? ` [upgradable from: ${own.version}]`
          : ''
      c.out(`${own.name}${source}${here ? `${source ? ',' : '/'}now` : ''} ${version} amd64${state}\n`)
    }
    if (all) c.out('\n')
  }
  return 0
}

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

/** apt, for people: the same, list and policy, and it says that scripts should not rely on it. */
export const apt: Program = command('apt', function* (c) {
  if (!c.p.stdout.isTty) c.err('\nWARNING: apt does not have a stable CLI interface. Use with caution in scripts.\n\n')
  const verb = c.args.find((a) => !a.startsWith('-'))
  if (verb === 'list') return list(c)
  if (verb === 'policy') return policy(c, c.args.filter((a) => !a.startsWith('-')).slice(1))
  return yield* run(c)
})
