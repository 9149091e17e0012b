import { installedPackages } from '../../../programs/lib/packages.ts'
import { command, Fail, notSimulated } from '../lib/command.ts'
import { writeStatus } from './dpkg.ts'

/** apt-mark: hold, unhold, showhold. */
export const aptMark = command('apt-mark', (c) => {
  const [verb, ...names] = c.args.filter((a) => !a.startsWith('-'))
  let all = installedPackages(c.host)
  if (verb === 'showhold') {
    for (const p of all) if (p.held && (names.length === 0 || names.includes(p.name))) c.out(`${p.name}\n`)
    return 0
  }
  if (verb !== 'hold' && verb !== 'unhold') notSimulated(c, verb ?? 'this command')
  if (c.p.creds.uid !== 0)
    throw new Fail(
      'E: Could not create temporary file for /var/lib/apt/extended_states - mkstemp (13: Permission denied)',
      100,
    )
  const unknown = names.find((name) => !all.some((p) => p.name === name))
  if (unknown) throw new Fail(`E: Unable to locate package ${unknown}`, 100)
  const held = verb === 'hold'
  for (const name of new Set(names)) {
    const already = all.some((p) => p.name === name && p.held === held)
    if (already) c.out(`${name} was already ${held ? 'set on hold' : 'not on hold'}.\n`)
    else c.out(held ? `${name} set on hold.\n` : `Canceled hold on ${name}.\n`)
    all = all.map((p) => (p.name === name ? { ...p, held } : p))
  }
  writeStatus(c.host, all)
  return 0
})
