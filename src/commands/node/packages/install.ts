import { put, readLine } from '../../../host/index.ts'
import { type Coro, globRegex, sleep } from '../../../kernel/index.ts'
import { compareVersions, type InstalledPackage, installedPackages } from '../../../programs/lib/packages.ts'
import { type Command, Fail, notSimulated } from '../lib/command.ts'
import { unpack } from './dpkg.ts'
import { sizeText } from './size.ts'
import { type Candidate, candidates, seriesOfSource } from './sources.ts'
import { fetched, servedFrom } from './update.ts'

/** Bytes that a second brings. */
const RATE = 6_000_000
/** dpkg needs so long to unpack and set up a package, ms. */
const UNPACK_MS = 700
/** Files that dpkg says to know. */
const DATABASE = 126_483

interface InstallOptions {
  readonly yes: boolean
  readonly allowHeld: boolean
  readonly allowDowngrades: boolean
}

/** A package that changes its version. */
interface Change {
  readonly old: InstalledPackage
  readonly to: Candidate
}

/** What is asked for by `NAME`, `NAME=VERSION` or `NAME=PATTERN`; undefined: no such version. */
function choose(c: Command, name: string, wanted: string | undefined): Candidate | undefined {
  const found = candidates(c.p, name)
  if (wanted === undefined) return found[0]
  const exact = found.find((p) => p.version === wanted)
  if (exact) return exact
  const hit = wanted.includes('*') ? found.find((p) => globRegex(wanted).test(p.version)) : undefined
  if (hit)
    c.out(
      `Selected version '${hit.version}' (isv:kubernetes:core:stable:v${seriesOfSource(hit.source)}:pkgs.k8s.io [amd64]) for '${name}'\n`,
    )
  return hit
}

const names = (head: string, changes: readonly { readonly name: string }[]): string =>
  changes.length === 0 ? '' : `${head}\n  ${changes.map((p) => p.name).join(' ')}\n`

/** Packages that have a newer version in the lists and are not among the changes. */
const outdated = (c: Command, changes: readonly Change[]): InstalledPackage[] =>
  installedPackages(c.host).filter((p) => {
    const newest = candidates(c.p, p.name)[0]
    return newest && compareVersions(p.version, newest.version) < 0 && !changes.some(({ old }) => old.name === p.name)
  })

function begin(c: Command): string {
  if (c.p.creds.uid !== 0)
    throw new Fail(
      'E: Could not open lock file /var/lib/dpkg/lock-frontend - open (13: Permission denied)\nE: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), are you root?',
      100,
    )
  const done = c.p.stdout.isTty ? ' Done' : ''
  c.out(`Reading package lists...${done}\nBuilding dependency tree...${done}\nReading state information...${done}\n`)
  return done
}

/** `apt-get upgrade`: all packages to their newest versions, but for those on hold. */
export function* upgrade(c: Command, options: InstallOptions): Coro<number> {
  const done = begin(c)
  c.out(`Calculating upgrade...${done}\n`)
  const old = outdated(c, [])
  c.out(
    names(
      'The following packages have been kept back:',
      old.filter((p) => p.held),
    ),
  )
  const free = old.filter((p) => !p.held)
  return yield* perform(
    c,
    free.map((p) => ({ old: p, to: candidates(c.p, p.name)[0] })),
    options,
    free.length > 0,
  )
}

/** `apt-get install`: of packages that are installed, other versions. */
export function* install(c: Command, wanted: readonly string[], options: InstallOptions): Coro<number> {
  begin(c)
  const all = installedPackages(c.host)
  const changes: Change[] = []
  const missing: [name: string, version: string][] = []
  for (const word of wanted) {
    const [name, version] = word.split('=') as [string, string?]
    const old = all.find((p) => p.name === name)
    if (!old) notSimulated(c, `install ${name}`)
    const to = choose(c, name, version)
    if (version !== undefined && !to) missing.push([name, version])
    else if (
      !to ||
      to.version === old.version ||
      (version === undefined && compareVersions(to.version, old.version) < 0)
    )
      c.out(`${name} is already the newest version (${old.version}).\n`)
    else changes.push({ old, to })
  }
  for (const name of missing.map(([one]) => one).sort())
    c.out(
      `Package ${name} is not available, but is referred to by another package.\nThis may mean that the package is missing, has been obsoleted, or\nis only available from another source\n\n`,
    )
  if (missing.length > 0)
    throw new Fail(
      missing.map(([name, version]) => `E: Version '${version}' for '${name}' was not found`).join('\n'),
      100,
    )
  changes.sort((a, b) => (a.old.name < b.old.name ? -1 : 1))
  return yield* perform(c, changes, options, false)
}

/** Says what changes, and changes it. `asks`: packages change that nobody named. */
function* perform(c: Command, changes: readonly Change[], options: InstallOptions, asks: boolean): Coro<number> {
  const held = changes.filter(({ old }) => old.held).map(({ old }) => old)
  const down = changes.filter(({ old, to }) => compareVersions(to.version, old.version) < 0).map(({ old }) => old)
  const up = changes.map(({ old }) => old).filter((p) => !down.includes(p))
  c.out(names('The following held packages will be changed:', held))
  c.out(names('The following packages will be upgraded:', up))
  c.out(names('The following packages will be DOWNGRADED:', down))
  c.out(
    `${up.length} upgraded, 0 newly installed, ${down.length > 0 ? `${down.length} downgraded, ` : ''}0 to remove and ${outdated(c, changes).length} not upgraded.\n`,
  )
  if (changes.length === 0) return 0
  if (options.yes && down.length > 0 && !options.allowDowngrades)
    throw new Fail('E: Packages were downgraded and -y was used without --allow-downgrades.', 100)
  if (options.yes && held.length > 0 && !options.allowHeld)
    throw new Fail('E: Held packages were changed and -y was used without --allow-change-held-packages.', 100)
  const bytes = changes.reduce((sum, { to }) => sum + to.size, 0)
  const grown = changes.reduce((sum, { old, to }) => sum + (to.installed - old.installed) * 1024, 0)
  c.out(`Need to get ${sizeText(bytes)} of archives.\n`)
  c.out(
    grown < 0
      ? `After this operation, ${sizeText(-grown)} disk space will be freed.\n`
      : `After this operation, ${sizeText(grown)} of additional disk space will be used.\n`,
  )
  if (!options.yes && (asks || held.length + down.length > 0) && !(yield* confirmed(c))) return 1
  yield* download(c, changes)
  yield* setUp(c, changes)
  return 0
}

function* confirmed(c: Command): Coro<boolean> {
  yield* put(c.p.stdout, 'Do you want to continue? [Y/n] ')
  const answer = ((yield* readLine(c.p.stdin)) ?? 'n').trim().toLowerCase()
  if (answer === '' || answer.startsWith('y')) return true
  c.out('Abort.\n')
  return false
}

function* download(c: Command, changes: readonly Change[]): Coro<void> {
  const { kernel } = c.host
  const started = kernel.now()
  for (const [i, { to }] of changes.entries()) {
    c.out(`Get:${i + 1} ${servedFrom(to.source)} ${to.name} ${to.version} [${sizeText(to.size)}]\n`)
    yield* sleep(kernel, (to.size * 1000) / RATE)
  }
  c.out(
    fetched(
      changes.reduce((sum, { to }) => sum + to.size, 0),
      kernel.now() - started,
    ),
  )
}

/** dpkg's part: all are unpacked, then all are set up. */
function* setUp(c: Command, changes: readonly Change[]): Coro<void> {
  c.out(`(Reading database ... ${DATABASE} files and directories currently installed.)\n`)
  for (const { old, to } of changes) {
    c.out(`Preparing to unpack .../${to.name}_${to.version}_amd64.deb ...\n`)
    c.out(`Unpacking ${to.name} (${to.version}) over (${old.version}) ...\n`)
    yield* sleep(c.host.kernel, UNPACK_MS)
    unpack(c.p, to)
  }
  for (const { to } of changes) c.out(`Setting up ${to.name} (${to.version}) ...\n`)
}
