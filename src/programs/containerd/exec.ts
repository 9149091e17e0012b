import { type Creds, File, type FsView, type Host, normalize, type Program, SysError } from '../../host/index.ts'

/** What to run for an argv inside a root file system. */
interface Executable {
  readonly program: Program
  readonly argv: readonly string[]
  readonly path: string
}

/** A binary that exists in an image but that nobody simulates. */
const notSimulated = (name: string): Program => ({
  name,
  *main(p) {
    yield { until: p.host.kernel.now() + 1 }
    p.stderr.write(`${name}: not simulated in this game\n`)
    return 127
  },
})

/**
 * Finds the executable as runc does: in $PATH, or by path relative to `cwd`. Follows `#!`. Returns the text that runc
 * puts behind `exec: "x": ` when there is none.
 */
export function findExecutable(
  host: Host,
  fs: FsView,
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd: string,
  creds: Creds,
  depth = 0,
): Executable | string {
  const name = argv[0]
  const paths = name.includes('/')
    ? [normalize(name, cwd)]
    : (env.PATH || '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin').split(':').map((d) => `${d}/${name}`)
  let failure = name.includes('/') ? `stat ${name}: no such file or directory` : 'executable file not found in $PATH'
  for (const path of paths) {
    let node: ReturnType<FsView['resolve']>
    if (creds.uid === 0 && !fs.exists(path)) continue
    try {
      node = fs.resolve(path, '/', creds)
    } catch (error) {
      if (error instanceof SysError && error.code === 'EACCES' && name.includes('/')) failure = 'permission denied'
      continue
    }
    if (node.kind === 'dir') {
      if (name.includes('/')) failure = 'is a directory'
      continue
    }
    if (!(node instanceof File) || (node.mode & 0o111) === 0) {
      failure = name.includes('/') ? 'permission denied' : failure
      continue
    }
    if (node.program !== undefined)
      return { program: host.programs.get(node.program) ?? notSimulated(node.program), argv, path }
    const text = node.read()
    if (!text.startsWith('#!')) return 'exec format error'
    if (depth > 4) return 'too many levels of symbolic links'
    const [interpreter, ...more] = text
      .slice(2, text.indexOf('\n') < 0 ? undefined : text.indexOf('\n'))
      .trim()
      .split(/\s+/)
    const found = findExecutable(host, fs, [interpreter, ...more, path, ...argv.slice(1)], env, cwd, creds, depth + 1)
    return typeof found === 'string' ? 'no such file or directory' : { ...found, path: found.path }
  }
  return failure
}
