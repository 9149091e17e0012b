import type { PathHandler } from '../server.ts'

/** What /version answers. */
export const VERSION = {
  major: '1',
  minor: '36',
  emulationMajor: '1',
  emulationMinor: '36',
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '35',
  gitVersion: 'v1.36.4',
  gitCommit: '0000000000000000000000000000000000000000',
  gitTreeState: 'clean',
  buildDate: '2026-07-15T00:00:00Z',
  goVersion: 'go1.26.10',
  compiler: 'gc',
  platform: 'linux/amd64',
}

/** Printed indented for everybody; a server of another patch release says so in `gitVersion`. */
export const version =
  (gitVersion = VERSION.gitVersion): PathHandler =>
  ({ path }) =>
    path === '/version' || path === '/version/' ? { code: 200, body: { ...VERSION, gitVersion } } : undefined
