import {
  type Process,
  type Program,
  parseSysctlFile,
  type Sysctls,
  SysError,
  sysctlFiles,
} from '../../../host/index.ts'
import { type Command, command, Fail, stackOf } from '../lib/command.ts'
import { getopt, OptionError, type Options } from '../lib/getopt.ts'

/** procps-ng's sysctl 4.0. */
export const sysctl: Program = command('sysctl', (c) => {
  let o: Options
  try {
    o = getopt(c.args, {
      short: 'aAXnNeqwp::r:fbVhd',
      long: {
        all: 'a',
        values: 'n',
        names: 'N',
        ignore: 'e',
        quiet: 'q',
        write: 'w',
        'load=?': 'p',
        system: 'system',
        'pattern=': 'r',
        version: 'V',
        help: 'h',
      },
    })
  } catch (error) {
    if (error instanceof OptionError)
      throw new Fail(
        `sysctl: ${error.message}\n\nUsage:\n sysctl [options] [variable[=value] ...]\n\nFor more details see sysctl(8).`,
      )
    throw error
  }
  if (o.has('V')) {
    c.out('sysctl from procps-ng 4.0.4\n')
    return 0
  }
  const { sysctls } = stackOf(c.p)
  let status = 0
  const show = (key: string): void => {
    const value = sysctls.get(key)
    if (value === undefined) {
      const below = sysctls.keys().filter((k) => k.startsWith(`${key}.`))
      if (below.length > 0) {
        below.forEach(show)
        return
      }
      if (!o.has('e')) c.err(`sysctl: cannot stat /proc/sys/${key.replace(/\./g, '/')}: No such file or directory\n`)
      if (!o.has('e')) status = 1
      return
    }
    c.out(o.has('N') ? `${key}\n` : o.has('n') ? `${value}\n` : `${key} = ${value}\n`)
  }
  if (o.has('a') || o.has('A') || o.has('X')) {
    const re = o.has('r') ? new RegExp(o.get('r')!) : undefined
    for (const key of sysctls.keys()) if (!re || re.test(key)) show(key)
    return 0
  }
  if (o.has('system')) {
    for (const path of sysctlFiles(c.host)) {
      c.out(`* Applying ${path} ...\n`)
      status = loadFile(c, sysctls, path, o, status)
    }
    return status
  }
  if (o.has('p') || o.has('f')) {
    const paths = [o.get('p') || undefined, ...o.args].filter((x): x is string => !!x)
    for (const path of paths.length > 0 ? paths : ['/etc/sysctl.conf']) status = loadFile(c, sysctls, path, o, status)
    return status
  }
  if (o.args.length === 0)
    throw new Fail(
      'sysctl: no variables specified\n\nUsage:\n sysctl [options] [variable[=value] ...]\n\nFor more details see sysctl(8).',
    )
  for (const word of o.args) {
    const eq = word.indexOf('=')
    if (eq >= 0) status = set(c, sysctls, word.slice(0, eq).trim(), word.slice(eq + 1).trim(), o, false) || status
    else if (o.has('w')) {
      c.err(`sysctl: "${word}" must be of the form name=value\n`)
      status = 1
    } else show(word.replace(/\//g, '.'))
  }
  return status
})

function loadFile(c: Command, sysctls: Sysctls, path: string, o: Options, before: number): number {
  let text: string
  try {
    text = path === '-' ? '' : c.p.fs.readFile(path, c.p.cwd, c.p.creds)
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    c.err(`sysctl: cannot open "${path}": ${error.strerror}\n`)
    return 1
  }
  let status = before
  for (const { key, value, quiet } of parseSysctlFile(text)) status = set(c, sysctls, key, value, o, quiet) || status
  return status
}

function set(c: Command, sysctls: Sysctls, name: string, value: string, o: Options, quiet: boolean): number {
  const key = name.replace(/\//g, '.')
  if (sysctls.get(key) === undefined) {
    if (!quiet && !o.has('e'))
      c.err(`sysctl: cannot stat /proc/sys/${key.replace(/\./g, '/')}: No such file or directory\n`)
    return quiet || o.has('e') ? 0 : 1
  }
  if (!mayWrite(c.p) || !sysctls.writable(key)) {
    c.err(`sysctl: permission denied on key "${key}"${sysctls.writable(key) ? '' : ', ignoring'}\n`)
    return 1
  }
  // A container that is not privileged has /proc/sys to read only.
  if (c.p.fs.mountOf('/proc/sys')?.readOnly) {
    c.err(`sysctl: setting key "${key}": Read-only file system\n`)
    return 1
  }
  if (/^-?\d+$/.test(sysctls.get(key)!) && !/^-?\d+$/.test(value)) {
    c.err(`sysctl: setting key "${key}": Invalid argument\n`)
    return 1
  }
  sysctls.set(key, value)
  if (!o.has('q')) c.out(o.has('n') ? `${value}\n` : `${key} = ${value}\n`)
  return 0
}

const mayWrite = (p: Process): boolean => p.creds.uid === 0
