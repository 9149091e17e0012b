const FORM = /^v(\d+)(?:(alpha|beta)(\d+))?$/

/** Rank of `v1`, `v2beta1`: stable before beta before alpha, high before low. Models version.CompareKubeAwareVersionStrings. */
export function compareVersions(a: string, b: string): number {
  const [x, y] = [FORM.exec(a), FORM.exec(b)]
  if (!x || !y) {
    if (x || y) return x ? 1 : -1
    return a < b ? 1 : a > b ? -1 : 0
  }
  const stability = (m: RegExpExecArray) => (m[2] === undefined ? 2 : m[2] === 'beta' ? 1 : 0)
  return stability(x) - stability(y) || Number(x[1]) - Number(y[1]) || Number(x[3] ?? 0) - Number(y[3] ?? 0)
}

/** Those of `versions` that are preferred over `than`, best first. */
export const newerVersions = (versions: readonly string[], than: string): string[] =>
  versions.filter((v) => compareVersions(than, v) < 0).sort((a, b) => compareVersions(b, a))
