import { loadUnit, type Program, parseUnitFile, SYSTEMD } from '../../../host/index.ts'
import { command, Fail, notSimulated } from '../lib/command.ts'

/** systemd-analyze: verify. */
export const systemdAnalyze: Program = command('systemd-analyze', (c) => {
  const [verb = 'time', ...files] = c.args.filter((a) => !a.startsWith('-'))
  if (verb === 'time') {
    c.out(
      'Startup finished in 2.913s (kernel) + 4.127s (userspace) = 7.041s \ngraphical.target reached after 4.098s in userspace.\n',
    )
    return 0
  }
  if (verb !== 'verify') return notSimulated(c, verb)
  let status = 0
  for (const path of files) {
    const file = c.p.fs.find(path, c.p.cwd)
    if (file?.kind !== 'file') throw new Fail(`Failed to prepare filename ${path}: No such file or directory`)
    const name = path.slice(path.lastIndexOf('/') + 1)
    const known = c.host.service(SYSTEMD)
    const warnings = path.startsWith('/etc/systemd/system/')
      ? loadUnit(c.host.fs, name, known.host.name).warnings
      : parseUnitFile(file.read(), path).warnings
    for (const line of warnings) c.err(`${line}\n`)
    if (warnings.some((w) => w.endsWith('Refusing.'))) {
      c.err(`Unit ${name} has a bad unit file setting.\n`)
      status = 1
    }
  }
  return status
})
