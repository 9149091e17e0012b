import { type Inode, type Process, SysError } from '../../../host/index.ts'
import { hasGlob, patternRegex, unquotePattern } from './pattern.ts'

interface GlobOptions {
  readonly extglob: boolean
  readonly dotglob: boolean
  readonly globstar: boolean
  readonly nocase: boolean
}

/** More matches than this end the search: no command line takes them anyway. */
const MAX_MATCHES = 100_000

/** Pathname expansion: the paths that match `pattern`, sorted as in the C locale. */
export function glob(p: Process, cwd: string, pattern: string, options: GlobOptions): string[] {
  const parts = splitPath(pattern)
  let found: string[] = [pattern.startsWith('/') ? '/' : '']
  for (let i = 0; i < parts.length; i++) {
    const last = i === parts.length - 1
    const part = parts[i]
    if (part === '') {
      // A trailing slash keeps directories only.
      if (last) found = found.filter((f) => kindAt(p, cwd, f) === 'dir').map((f) => (f.endsWith('/') ? f : `${f}/`))
      continue
    }
    const next: string[] = []
    for (const base of found) {
      if (part === '**' && options.globstar) {
        descend(p, cwd, base, options, last, next)
      } else if (!hasGlob(part)) {
        const path = join(base, unquotePattern(part))
        if (exists(p, cwd, path)) next.push(path)
      } else {
        const regex = patternRegex(part, { extglob: options.extglob, icase: options.nocase })
        for (const [name] of list(p, cwd, base)) {
          if (name.startsWith('.') && !options.dotglob && !part.startsWith('.') && !part.startsWith('\\.')) continue
          if (!regex.test(name)) continue
          const path = join(base, name)
          if (last || kindAt(p, cwd, path) === 'dir') next.push(path)
          if (next.length >= MAX_MATCHES) break
        }
      }
      if (next.length >= MAX_MATCHES) break
    }
    found = next
  }
  return found.filter((f) => f !== '').sort()
}

/** Splits at slashes outside bracket expressions and groups; runs of slashes count once. */
function splitPath(pattern: string): string[] {
  const parts = pattern.replace(/^\/+/, '').split(/\/+/)
  return parts
}

const join = (base: string, name: string): string =>
  base === '' || base.endsWith('/') ? base + name : `${base}/${name}`

function list(p: Process, cwd: string, base: string): [string, Inode][] {
  try {
    return p.fs.readdir(base === '' ? cwd : base, cwd, p.creds)
  } catch (error) {
    if (error instanceof SysError) return []
    throw error
  }
}

const kindAt = (p: Process, cwd: string, path: string): string | undefined => p.fs.find(path, cwd)?.kind

function exists(p: Process, cwd: string, path: string): boolean {
  try {
    p.fs.lresolve(path, cwd, p.creds)
    return true
  } catch (error) {
    if (error instanceof SysError) return false
    throw error
  }
}

function descend(p: Process, cwd: string, base: string, options: GlobOptions, last: boolean, out: string[]): void {
  if (!last || base !== '') out.push(last ? join(base, '') : base)
  for (const [name, node] of list(p, cwd, base)) {
    if (name.startsWith('.') && !options.dotglob) continue
    if (out.length >= MAX_MATCHES) return
    const path = join(base, name)
    if (node.kind === 'dir') descend(p, cwd, path, options, last, out)
    else if (last) out.push(path)
  }
}
