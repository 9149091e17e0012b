import { MACHINE, type Modules, may, type Program } from '../../../host/index.ts'
import { type Command, command, Fail } from '../lib/command.ts'

const release = (c: Command): string => c.host.service(MACHINE).platform.kernel.release
const modulesOf = (c: Command): Modules => c.host.service(MACHINE).modules
const needRoot = (c: Command, text: string): void => {
  if (!may(c.p.creds, 'SYS_MODULE')) throw new Fail(text)
}

/** kmod's lsmod. */
export const lsmod: Program = command('lsmod', (c) => {
  if (c.host.service(MACHINE).platform.kernel.noModules)
    throw new Fail(
      'lsmod: ERROR: could not open /proc/modules: No such file or directory\nlsmod: ERROR: could not get list of modules: No such file or directory',
    )
  c.out('Module                  Size  Used by\n')
  for (const m of modulesOf(c).list())
    c.out(
      `${m.name.padEnd(19)} ${String(m.size).padStart(8)}  ${m.users.length}${m.users.length > 0 ? ` ${m.users.join(',')}` : ''}\n`,
    )
  return 0
})

/** kmod's modprobe: loads (with dependencies) or, with -r, removes. */
export const modprobe: Program = command('modprobe', (c) => {
  const names = c.args.filter((a) => !a.startsWith('-') && !a.includes('='))
  const has = (...flags: string[]): boolean => c.args.some((a) => flags.includes(a))
  if (names.length === 0) throw new Fail('modprobe: ERROR: missing parameters. See -h.')
  const modules = modulesOf(c)
  for (const name of has('-a', '--all') ? names : has('-r', '--remove') ? names : names.slice(0, 1)) {
    if (!modules.exists(name)) {
      if (has('-q', '--quiet')) return 1
      throw new Fail(
        `modprobe: FATAL: Module ${name} not found${has('-r', '--remove') ? '.' : ` in directory /lib/modules/${release(c)}`}`,
      )
    }
    if (has('-n', '--dry-run', '--show-depends', '-D')) continue
    if (blacklisted(c, name)) continue
    needRoot(c, `modprobe: ERROR: could not insert '${name}': Operation not permitted`)
    if (has('-r', '--remove')) {
      const result = modules.unload(name)
      if (result !== 'ok' && result !== 'not-loaded') throw new Fail(`modprobe: FATAL: Module ${name} is in use.`)
    } else modules.load(name)
  }
  return 0
})

/** `install NAME /bin/false` in modprobe.d makes loading fail. */
function blacklisted(c: Command, name: string): boolean {
  for (const dir of ['/etc/modprobe.d', '/usr/lib/modprobe.d']) {
    if (c.host.fs.find(dir)?.kind !== 'dir') continue
    for (const [file, node] of c.host.fs.readdir(dir))
      if (
        file.endsWith('.conf') &&
        node.kind === 'file' &&
        new RegExp(`^\\s*install\\s+${name}\\s+/(usr/)?bin/(false|true)`, 'm').test(node.read())
      ) {
        if (/bin\/false/.test(node.read()))
          throw new Fail(
            `modprobe: ERROR: ../libkmod/libkmod-module.c:1084 command_do() Error running install command '/bin/false' for module ${name}: retcode 1\nmodprobe: ERROR: could not insert '${name}': Invalid argument`,
          )
        return true
      }
  }
  return false
}

/** kmod's rmmod. */
export const rmmod: Program = command('rmmod', (c) => {
  for (const name of c.args.filter((a) => !a.startsWith('-'))) {
    needRoot(
      c,
      `rmmod: ERROR: ../libkmod/libkmod-module.c:856 kmod_module_remove_module() could not remove '${name}': Operation not permitted\nrmmod: ERROR: could not remove module ${name}: Operation not permitted`,
    )
    const result = modulesOf(c).unload(name)
    if (result === 'not-loaded') throw new Fail(`rmmod: ERROR: Module ${name} is not currently loaded`)
    if (result !== 'ok') throw new Fail(`rmmod: ERROR: Module ${name} is in use by: ${result.join(' ')}`)
  }
  return 0
})

/** kmod's modinfo. */
export const modinfo: Program = command('modinfo', (c) => {
  let status = 0
  for (const name of c.args.filter((a) => !a.startsWith('-'))) {
    if (!modulesOf(c).exists(name)) {
      c.err(`modinfo: ERROR: Module ${name} not found.\n`)
      status = 1
      continue
    }
    const version = release(c)
    c.out(
      `filename:       /lib/modules/${version}/kernel/${name}.ko.zst\nlicense:        GPL\nname:           ${name}\nvermagic:       ${version} SMP preempt mod_unload modversions \n`,
    )
  }
  return status
})
