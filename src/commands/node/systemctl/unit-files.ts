import { type JobType, readAll, unitName } from '../../../host/index.ts'
import { Fail } from '../lib/command.ts'
import { asCoro, type Handler, needUnits, requireRoot, warnIfChanged } from './call.ts'
import { edit } from './edit.ts'
import { job } from './jobs.ts'

const NO_INSTALL = `The unit files have no installation config (WantedBy=, RequiredBy=, UpheldBy=,
Also=, or Alias= settings in the [Install] section, and DefaultInstance= for
template units). This means they are not meant to be enabled or disabled using systemctl.

Possible reasons for having these kinds of units are:
• A unit may be statically enabled by being symlinked from another unit's
  .wants/, .requires/, or .upholds/ directory.
• A unit's purpose may be to act as a helper for some other unit which has
  a requirement dependency on it.
• A unit may be started when needed via activation (socket, path, timer,
  D-Bus, udev, scripted systemctl call, ...).
• In case of template units, the unit is meant to be enabled with some
  instance name specified.
`

/** enable, disable, mask, unmask; `now` is the job that --now adds. */
export const files = (verb: 'enable' | 'disable' | 'mask' | 'unmask', now: JobType | undefined): Handler =>
  function* (call) {
    needUnits(call)
    requireRoot({ ...call, names: [] }, `${verb} unit`)
    const { c, systemd } = call
    for (const name of call.names) {
      const path = name.startsWith('/') ? name.slice(name.lastIndexOf('/') + 1) : name
      try {
        const lines = systemd.installed[verb](path)
        if (verb === 'enable' && lines.length === 0 && !systemd.installed.hasInstall(path)) c.err(NO_INSTALL)
        if (!call.o.has('q')) for (const line of lines) c.err(`${line}\n`)
      } catch (error) {
        if (!(error instanceof Error)) throw error
        throw new Fail(`Failed to ${verb} unit: ${error.message}`)
      }
    }
    if (verb === 'unmask' || verb === 'enable' || verb === 'disable') systemd.daemonReload()
    if (!call.o.has('now') || !now) return 0
    return yield* asCoro(job(now, now)({ ...call, verb: now }))
  }

/** `systemctl cat` */
export const cat: Handler = (call) => {
  needUnits(call)
  const { c, systemd } = call
  let code = 0
  call.names.forEach((name, i) => {
    const unit = systemd.unit(name)
    const { fragment, dropIns } = unit.config
    if (!fragment) {
      c.err(`No files found for ${unit.name}.\n`)
      code = 1
      return
    }
    warnIfChanged(call, unit)
    const texts = [fragment, ...dropIns].map((path) => {
      const file = c.host.fs.find(path)
      return `# ${path}\n${file?.kind === 'file' ? file.read() : ''}`
    })
    c.out(`${i > 0 ? '\n' : ''}${texts.join('\n')}`)
  })
  return code
}

/** `systemctl set-default` */
export const setDefault: Handler = (call) => {
  needUnits(call)
  requireRoot({ ...call, names: [] }, 'set default target')
  const target = unitName(call.names[0]).replace(/\.service$/, '.target')
  const path = '/etc/systemd/system/default.target'
  const { fs } = call.c.host
  if (!fs.exists(`/usr/lib/systemd/system/${target}`))
    throw new Fail(`Failed to set default target: Unit ${target} does not exist`)
  if (fs.exists(path)) {
    fs.unlink(path)
    call.c.err(`Removed '${path}'.\n`)
  }
  fs.symlink(`/usr/lib/systemd/system/${target}`, path)
  call.c.err(`Created symlink '${path}' → '/usr/lib/systemd/system/${target}'.\n`)
  return 0
}

/** `systemctl edit` */
export const editUnit: Handler = function* (call) {
  needUnits(call)
  requireRoot({ ...call, names: [] }, 'edit unit')
  const stdin = call.o.has('stdin') ? yield* readAll(call.c.p.stdin) : undefined
  return yield* edit(call.c, call.systemd, call.names[0], call.o.has('l'), stdin)
}
