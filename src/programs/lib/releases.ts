import type { Process } from '../../host/index.ts'

/** What is particular to a minor release: its newest patch, and what kubeadm deploys beside it (its app/constants). */
interface Minor {
  readonly patch: number
  readonly etcd: string
  readonly coredns: string
  readonly pause: string
}

/** Minor releases of Kubernetes whose clusters can be upgraded, as of the world's beginning. */
export const MINORS: Readonly<Record<string, Minor>> = {
  '1.34': { patch: 8, etcd: '3.6.4-0', coredns: 'v1.12.1', pause: '3.10.1' },
  '1.35': { patch: 8, etcd: '3.6.6-0', coredns: 'v1.13.1', pause: '3.10.1' },
  '1.36': { patch: 4, etcd: '3.6.8-0', coredns: 'v1.14.2', pause: '3.10.2' },
}

/** The newest release: what everything is unless told otherwise. */
export const RELEASE = 'v1.36.4'

/** `v1.36.4` → [1, 36, 4]; undefined: no version. */
export function semver(version: string): readonly [major: number, minor: number, patch: number] | undefined {
  const m = /^v?(\d+)\.(\d+)\.(\d+)$/.exec(version)
  return m ? [Number(m[1]), Number(m[2]), Number(m[3])] : undefined
}

/** Below zero: `a` is older than `b`. Both are versions. */
export function compareReleases(a: string, b: string): number {
  const [left, right] = [semver(a) ?? [0, 0, 0], semver(b) ?? [0, 0, 0]]
  return left[0] - right[0] || left[1] - right[1] || left[2] - right[2]
}

/** `v1.36.4` → `1.36`. */
export const seriesOf = (version: string): string => version.replace(/^v/, '').split('.').slice(0, 2).join('.')

/** The newest patch release of a series such as `1.35`; undefined: there is no such series. */
export const newestOf = (series: string): string | undefined => MINORS[series] && `v${series}.${MINORS[series].patch}`

/** Has this release ever been published? */
export function published(version: string): boolean {
  const series = MINORS[seriesOf(version)]
  return series !== undefined && (semver(version)?.[2] ?? Number.POSITIVE_INFINITY) <= series.patch
}

/** What kubeadm deploys beside a release. */
export const companions = (version: string): Minor => MINORS[seriesOf(version)] ?? MINORS[seriesOf(RELEASE)]

/**
 * The release of the executable that a process was started from: its package's, or its image's tag. A running program
 * asks once at its start: what lies on the disk later is another program.
 */
export const releaseOf = (p: Process): string => releaseAt(p, p.exe)

/** The release of an executable on a process' disk. */
export function releaseAt(p: Process, path: string): string {
  const file = p.fs.find(path, p.cwd)
  return (file?.kind === 'file' && file.release) || RELEASE
}
