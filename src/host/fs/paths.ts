import { SysError } from '../errno.ts'

/** `path` made absolute with `cwd` and otherwise as it is. Throws ENOENT for an empty one. */
export const rawAbsolute = (path: string, cwd: string): string => {
  if (path === '') throw new SysError('ENOENT', path)
  return path.startsWith('/') ? path : `${cwd === '/' ? '' : cwd}/${path}`
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
