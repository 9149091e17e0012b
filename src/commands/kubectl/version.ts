import { toGoJson, toYaml } from '../../print/index.ts'
import { releaseOf, semver } from '../../programs/lib/releases.ts'
import type { Definition } from './lib/define.ts'
import { CliError, isExpected } from './lib/errors.ts'
import { pages } from './pages/version.ts'

/** The build of which the recordings are. */
const BUILD = {
  gitCommit: 'bb826b1d48562f110659e64e8ec444327433db95',
  gitTreeState: 'clean',
  buildDate: '2026-09-29T20:03:31Z',
  goVersion: 'go1.27.1',
  compiler: 'gc',
  platform: 'linux/amd64',
}

const KUSTOMIZE = 'v5.8.1'

/** Minor versions that client and server may be apart. */
const SKEW = 1

/** Models kubectl/pkg/cmd/version/version.go. */
export const version: Definition = {
  page: pages.version,
  *run(k) {
    const { flags } = k
    const release = releaseOf(k.p)
    const [major, minor] = semver(release)!.map(String)
    const client = { major, minor, gitVersion: release, ...BUILD }
    if (k.args.length > 0 && !flags.bool('client')) throw new CliError(`extra arguments: [${k.args.join(' ')}]`)
    const output = flags.string('output')
    if (!['', 'yaml', 'json'].includes(output)) throw new CliError("--output must be 'yaml' or 'json'")
    let server: any
    let failure: Error | undefined
    if (!flags.bool('client'))
      try {
        server = yield* (yield* k.client()).path('/version')
      } catch (error) {
        if (!isExpected(error)) throw error
        failure = error
      }
    const info = {
      clientVersion: client,
      kustomizeVersion: KUSTOMIZE,
      ...(server ? { serverVersion: server } : {}),
    }
    if (output === 'yaml') yield* k.out(`${toYaml(info)}\n`)
    else if (output === 'json') yield* k.out(`${toGoJson(info, { sortKeys: false, indent: '  ' })}\n`)
    else
      yield* k.out(
        `Client Version: ${release}\nKustomize Version: ${KUSTOMIZE}\n${server ? `Server Version: ${server.gitVersion}\n` : ''}`,
      )
    if (server) warn(client, server.gitVersion, (text) => k.err(text))
    if (failure) throw failure
    return 0
  },
}

function warn(client: { major: string; minor: string }, gitVersion: string, say: (text: string) => void): void {
  const [major, minor] = gitVersion.replace(/^v/, '').split('.')
  if (major === client.major && Math.abs(Number(minor) - Number(client.minor)) <= SKEW) return
  say(
    `Warning: version difference between client (${client.major}.${client.minor}) and server (${major}.${minor}) exceeds the supported minor version skew of +/-${SKEW}\n`,
  )
}
