import type { Program } from '../../../host/index.ts'
import { command, Fail } from '../lib/command.ts'

const HOLDS = '/var/lib/dpkg/holds'

/** apt-mark: hold, unhold, showhold. Nothing is ever installed, so a hold has no effect here. */
export const aptMark: Program = command('apt-mark', (c) => {
  const [verb, ...names] = c.args.filter((a) => !a.startsWith('-'))
  const file = c.host.fs.find(HOLDS)
  const held = new Set(file?.kind === 'file' ? file.read().split('\n').filter(Boolean) : [])
  if (verb === 'showhold') {
    c.out(
      [...held]
        .sort()
        .map((n) => `${n}\n`)
        .join(''),
    )
    return 0
  }
  if (verb !== 'hold' && verb !== 'unhold') throw new Fail(`apt-mark: not simulated: ${verb ?? ''}`, 127)
  if (c.p.creds.uid !== 0)
    throw new Fail(
      'E: Could not create temporary file for /var/lib/apt/extended_states - mkstemp (13: Permission denied)',
      100,
    )
  for (const name of names) {
    const already = held.has(name) === (verb === 'hold')
    c.out(
      already
        ? `${name} was already ${verb === 'hold' ? 'set on hold' : 'not on hold'}.\n`
        : verb === 'hold'
          ? `${name} set on hold.\n`
          : `Canceled hold on ${name}.\n`,
    )
    if (verb === 'hold') held.add(name)
    else held.delete(name)
  }
  c.host.fs.mkdir('/var/lib/dpkg', { parents: true })
  c.host.fs.writeFile(HOLDS, [...held].map((n) => `${n}\n`).join(''))
  return 0
})

/** Commands that a machine has and the simulation has not: they say so. */
export const absentCommands: Program[] = [
  'apt',
  'apt-get',
  'apt-cache',
  'dpkg',
  'snap',
  'ufw',
  'crontab',
  'losetup',
].map((name) => ({
  name,
  *main(p) {
    p.stderr.write(`${name}: not simulated: ${p.argv.slice(1).join(' ') || 'this command'}\n`)
    return 127
  },
}))
