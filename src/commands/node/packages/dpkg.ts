import type { Host, Process } from '../../../host/index.ts'
import { globRegex } from '../../../kernel/index.ts'
import {
  binaryOf,
  type InstalledPackage,
  installedPackages,
  type Package,
  releaseOfPackage,
  STATUS_FILE,
  statusText,
} from '../../../programs/lib/packages.ts'
import { command, Fail, notSimulated } from '../lib/command.ts'

/** Writes dpkg's status file. */
export function writeStatus(host: Host, packages: readonly InstalledPackage[]): void {
  host.fs.writeFile(STATUS_FILE, statusText(packages))
}

/** Unpacks a package: its program is another file from now on; whoever runs the old one goes on with it. */
export function unpack(p: Process, found: Package): void {
  const { fs } = p.host
  const path = binaryOf(found.name)
  if (path) {
    const mode = 0o755
    if (fs.exists(path)) fs.unlink(path)
    const file = fs.writeFile(path, '\u007fELF', { mode, size: found.installed * 1024 })
    file.program = found.name
    file.release = releaseOfPackage(found.version)
  }
  writeStatus(
    p.host,
    installedPackages(p.host).map((old) => (old.name === found.name ? { ...found, held: old.held } : old)),
  )
}

const HEAD = `Desired=Unknown/Install/Remove/Purge/Hold
| Status=Not/Inst/Conf-files/Unpacked/halF-conf/Half-inst/trig-aWait/Trig-pend
|/ Err?=(none)/Reinst-required (Status,Err: uppercase=bad)
`

/** `dpkg -l`: as wide as what is in it. */
function list(packages: readonly InstalledPackage[]): string {
  const rows = packages.map((p) => [p.name, p.version, 'amd64', p.description])
  const width = [14, 12, 12, 33].map((least, i) => Math.max(least, ...rows.map((row) => row[i].length)))
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (i < 3 ? cell.padEnd(width[i]) : cell))
      .join(' ')
      .trimEnd()
  const rule = width.map((n) => '='.repeat(n)).join('-')
  const body = rows.map((row, i) => `${packages[i].held ? 'hi' : 'ii'}  ${line(row)}\n`).join('')
  return `${HEAD}||/ ${line(['Name', 'Version', 'Architecture', 'Description'])}\n+++-${rule}\n${body}`
}

/** `dpkg`: -l, -s, -S, --get-selections and --print-architecture. */
export const dpkg = command('dpkg', (c) => {
  const [option = '', ...patterns] = c.args
  const all = installedPackages(c.host)
  if (option === '-l' || option === '--list') {
    const found = all.filter((p) => patterns.length === 0 || patterns.some((one) => globRegex(one).test(p.name)))
    const missing = patterns.filter((one) => !all.some((p) => globRegex(one).test(p.name)))
    if (found.length > 0) c.out(list(found))
    for (const one of missing) c.err(`dpkg-query: no packages found matching ${one}\n`)
    return missing.length > 0 ? 1 : 0
  }
  if (option === '-s' || option === '--status') {
    for (const name of patterns) {
      const found = all.find((p) => p.name === name)
      if (!found)
        throw new Fail(
          `dpkg-query: package '${name}' is not installed and no information is available\nUse dpkg --info (= dpkg-deb --info) to examine archive files.`,
        )
      c.out(statusText([found]))
    }
    return 0
  }
  if (option === '--print-architecture') {
    c.out('amd64\n')
    return 0
  }
  if (option === '--print-foreign-architectures') return 0
  if (option === '--get-selections' && patterns.length > 0) {
    for (const one of patterns) {
      const found = all.filter((p) => globRegex(one).test(p.name))
      for (const p of found)
        c.out(`${p.name}${'\t'.repeat(Math.max(1, 6 - Math.floor(p.name.length / 8)))}${p.held ? 'hold' : 'install'}\n`)
      if (found.length === 0) c.err(`dpkg: no packages found matching ${one}\n`)
    }
    return 0
  }
  if ((option === '-S' || option === '--search') && patterns.length > 0) {
    const owners = patterns.map((path) => all.find((p) => binaryOf(p.name) === path))
    // Ubuntu's own packages are not known here: only a file that is not there belongs to none.
    const foreign = patterns.find((path, i) => !owners[i] && (!path.startsWith('/') || c.p.fs.exists(path, c.p.cwd)))
    if (foreign !== undefined) return notSimulated(c, `${option} ${foreign}`)
    for (const [i, path] of patterns.entries())
      if (owners[i]) c.out(`${owners[i].name}: ${path}\n`)
      else c.err(`dpkg-query: no path found matching pattern ${path}\n`)
    return owners.includes(undefined) ? 1 : 0
  }
  return notSimulated(c, c.args.join(' ') || 'this command')
})
