/** A name pattern as fnmatch(3) reads it without flags, for the whole of a name: `*`, `?` and `[…]`. */
export function globRegex(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`)
}
