import { SysError } from '../errno.ts'

/** `path` made absolute with `cwd` and otherwise as it is. Throws ENOENT for an empty one. */
export const rawAbsolute = (path: string, cwd: string): string => {
  if (path === '') throw new SysError('ENOENT', path)
  return path.startsWith('/') ? path : `${cwd === '/' ? '' : cwd}/${path}`
}

/** Paths whose parts are remembered, and how long one may be. */
const REMEMBERED = 4096
const LONGEST = 256
const known = new Map<string, readonly string[]>()

/** The parts of a path, `..` among them. Programs open the same few files again and again. */
export function partsOf(path: string): readonly string[] {
  let parts = known.get(path)
  if (!parts) {
    parts = path.split('/').filter((p) => p !== '' && p !== '.')
    if (path.length > LONGEST) return parts
    if (known.size >= REMEMBERED) known.clear()
    known.set(path, parts)
  }
  return parts
}

/** Where a symlink in `dir` points. */
export const joinTarget = (dir: string, target: string): string =>
  target.startsWith('/') ? target : `${dir === '/' ? '' : dir}/${target}`

/** Lexical cleaning of `path` (made absolute with `cwd`): no `.`, `..`, or double slashes. */
export function normalize(path: string, cwd = '/'): string {
  const out: string[] = []
  for (const part of (path.startsWith('/') ? path : `${cwd}/${path}`).split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..') out.pop()
    else out.push(part)
  }
  return `/${out.join('/')}`
}
