import type { PathHandler } from '../server.ts'

/** What a build of Kubernetes knows of itself. Commit, date and Go are those of the one build that was recorded. */
const BUILD = {
  gitCommit: '0000000000000000000000000000000000000000',
  gitTreeState: 'clean',
  buildDate: '2026-07-15T00:00:00Z',
  goVersion: 'go1.26.10',
  compiler: 'gc',
  platform: 'linux/amd64',
}

/** version.Info of a client program of a release such as `v1.36.4`. */
export function clientVersion(release: string) {
  const [major, minor] = release.replace(/^v/, '').split('.')
  return { major, minor, gitVersion: release, ...BUILD }
}

/** What a server of a release answers to /version: it could behave as the release before. */
export function serverVersion(release: string) {
  const { major, minor, gitVersion, ...build } = clientVersion(release)
  const emulation = {
    emulationMajor: major,
    emulationMinor: minor,
    minCompatibilityMajor: major,
    minCompatibilityMinor: String(Number(minor) - 1),
  }
  return { major, minor, ...emulation, gitVersion, ...build }
}

/** Printed indented for everybody. */
export const version =
  (release: string): PathHandler =>
  ({ path }) =>
    path === '/version' || path === '/version/' ? { code: 200, body: serverVersion(release) } : undefined
