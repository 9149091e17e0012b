import { installedPackages } from '../../../programs/lib/packages.ts'
import { type Command, command, Fail, notSimulated } from '../lib/command.ts'
import { candidates, label } from './sources.ts'

/** `apt-cache policy NAME…`: what is installed, what would be, and whence. */
export function policy(c: Command, names: readonly string[]): number {
  if (names.length === 0) return notSimulated(c, 'policy without a name')
  for (const name of names) {
    const found = candidates(c.p, name)
    const own = installedPackages(c.host).find((p) => p.name === name)
    if (found.length === 0 && !own) throw new Fail(`N: Unable to locate package ${name}`, 0)
    c.out(`${name}:\n  Installed: ${own?.version ?? '(none)'}\n  Candidate: ${found[0]?.version ?? own?.version}\n`)
    c.out('  Version table:\n')
    const versions = [...new Set([...found.map((f) => f.version), ...(own ? [own.version] : [])])]
    for (const version of versions) {
      const here = version === own?.version
      c.out(` ${here ? '***' : '   '} ${version} 500\n`)
      for (const f of found.filter((one) => one.version === version)) c.out(`        500 ${label(f.source)} Packages\n`)
      if (here) c.out('        100 /var/lib/dpkg/status\n')
    }
  }
  return 0
}

/** apt-cache: madison and policy, of the lists that `apt-get update` brought. */
export const aptCache = command('apt-cache', (c) => {
  const [verb, ...names] = c.args.filter((a) => !a.startsWith('-'))
  if (verb === 'madison') {
    for (const name of names) {
      const found = candidates(c.p, name)
      if (found.length === 0) c.err(`N: Unable to locate package ${name}\n`)
      for (const { version, source } of found)
        c.out(`${name.padStart(10)} | ${version.padStart(10)} | ${label(source)} Packages\n`)
    }
    return 0
  }
  if (verb === 'policy' && names.length > 0) return policy(c, names)
  return notSimulated(c, c.args.join(' ') || 'this command')
})
