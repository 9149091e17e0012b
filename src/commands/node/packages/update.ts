import { lookup } from '../../../host/index.ts'
import { type Coro, sleep } from '../../../kernel/index.ts'
import { INDEX_BYTES, indexFile, indexText, offered } from '../../../programs/lib/packages.ts'
import { type Command, Fail, notSimulated } from '../lib/command.ts'
import { sizeText } from './size.ts'
import { label, type Source, seriesOfSource, sources } from './sources.ts'

/** Bytes of a flat repository's InRelease. */
const RELEASE_BYTES = 1227
/** How long a repository takes to answer, ms. */
const ANSWER_MS = 350

/** pkgs.k8s.io sends everybody on to its content network, and messages name where the answer came from. */
export const servedFrom = (source: Source): string =>
  label(source).replace('https://pkgs.k8s.io/', 'https://prod-cdn.packages.k8s.io/repositories/isv:/kubernetes:/')

const hostOf = ({ uri }: Source): string => uri.replace(/^\w+:\/\//, '').replace(/\/.*/, '')

/** Why a repository cannot be asked, in apt's words; undefined: it answers. */
function* unreachable(c: Command, source: Source): Coro<string | undefined> {
  const host = hostOf(source)
  const found = yield* lookup(c.p, host)
  if (!found.ok)
    return found.error === 'no-such-host' ? `Could not resolve '${host}'` : `Temporary failure resolving '${host}'`
  // Public servers have no sockets here: what reaches their address has reached them.
  const { outcome } = c.p.net.dial({ ip: found.ips[0], port: 443, from: c.p })
  if (outcome !== 'open' && outcome !== 'refused') notSimulated(c, `update: ${host} cannot be reached`)
  return undefined
}

/** `apt-get update`: brings the lists of what the repositories offer. */
export function* update(c: Command): Coro<number> {
  if (c.p.creds.uid !== 0)
    throw new Fail(
      'Reading package lists...\nE: Could not open lock file /var/lib/apt/lists/lock - open (13: Permission denied)\nE: Unable to lock directory /var/lib/apt/lists/',
      100,
    )
  const { kernel, fs } = c.host
  const started = kernel.now()
  const done = c.p.stdout.isTty ? ' Done' : ''
  let n = 0
  let bytes = 0
  const warnings: string[] = []
  for (const source of sources(c.p)) {
    n++
    yield* sleep(kernel, ANSWER_MS)
    const problem = yield* unreachable(c, source)
    const series = seriesOfSource(source)
    if (problem !== undefined) {
      c.out(`Ign:${n} ${label(source)} InRelease\nErr:${n} ${label(source)} InRelease\n  ${problem}\n`)
      warnings.push(
        `Failed to fetch ${source.uri.replace(/\/$/, '')}/${source.suite ? `dists/${source.suite}/` : ''}InRelease  ${problem}`,
      )
    } else if (series === undefined) c.out(`Hit:${n} ${label(source)} InRelease\n`)
    else {
      const packages = offered(series)
      if (!packages) notSimulated(c, `update: the repository of Kubernetes ${series}`)
      const file = indexFile(source.uri)
      if (fs.exists(file)) {
        c.out(`Hit:${n} ${servedFrom(source)} InRelease\n`)
        continue
      }
      c.out(`Get:${n} ${servedFrom(source)} InRelease [${RELEASE_BYTES} B]\n`)
      c.out(`Get:${++n} ${servedFrom(source)} Packages [${INDEX_BYTES} B]\n`)
      bytes += RELEASE_BYTES + INDEX_BYTES
      fs.mkdir(file.slice(0, file.lastIndexOf('/')), { parents: true })
      fs.writeFile(file, () => indexText(packages), { size: INDEX_BYTES })
    }
  }
  if (bytes > 0) c.out(fetched(bytes, kernel.now() - started))
  c.out(`Reading package lists...${done}\n`)
  for (const text of warnings) c.err(`W: ${text}\n`)
  if (warnings.length > 0)
    c.err('W: Some index files failed to download. They have been ignored, or old ones used instead.\n')
  return 0
}

/** `Fetched 12.6 MB in 2s (6000 kB/s)`. */
export const fetched = (bytes: number, ms: number): string =>
  `Fetched ${sizeText(bytes)} in ${Math.floor(ms / 1000)}s (${sizeText((bytes * 1000) / Math.max(1, ms))}/s)\n`
