import { SysError } from '../../../host/index.ts'
import { CliError } from './errors.ts'
import type { Kube } from './kube.ts'

/** Entries for a ConfigMap or Secret, in the order in which they were given. */
interface Entry {
  readonly key: string
  /** Text; bytes that are not UTF-8 as lone surrogates, as files hold them. */
  readonly value: string
}

/** The text holds bytes that are not UTF-8: they go into binaryData. */
export const isBinary = (text: string): boolean =>
  /[\uDC80-\uDCFF]/.test(text.replace(/[\uD800-\uDBFF][\uDC00-\uDFFF]/g, ''))

/** Values of --from-literal, --from-file and --from-env-file. Throws CliError. */
export function sources(k: Kube): Entry[] {
  const literals = k.flags.strings('from-literal')
  const files = k.flags.strings('from-file')
  const envFiles = k.flags.strings('from-env-file')
  if (envFiles.length > 0 && (literals.length > 0 || files.length > 0))
    throw new CliError('from-env-file cannot be combined with from-file or from-literal')
  return [
    ...literals.map(literal),
    ...files.flatMap((file) => fromFile(k, file)),
    ...envFiles.flatMap((file) => fromEnvFile(k, file)),
  ]
}

function literal(source: string): Entry {
  const at = source.indexOf('=')
  if (at <= 0) throw new CliError(`invalid literal source ${source}, expected key=value`)
  let value = source.slice(at + 1)
  if (value.length >= 2 && /^(["']).*\1$/s.test(value)) value = value.slice(1, -1)
  return { key: source.slice(0, at), value }
}

function fromFile(k: Kube, source: string): Entry[] {
  const parts = source.split('=')
  if (parts.length > 2) throw new CliError("key names or file paths cannot contain '='")
  if (parts.length === 2 && parts[0] === '') throw new CliError(`key name for file path ${parts[1]} missing`)
  if (parts.length === 2 && parts[1] === '') throw new CliError(`file path for key name ${parts[0]} missing`)
  const path = parts.at(-1)!
  const { p } = k
  const node = p.fs.find(path, p.cwd)
  if (!node) throw new CliError(`error reading ${path}: no such file or directory`)
  if (node.kind === 'dir') {
    if (parts.length === 2) throw new CliError('cannot give a key name for a directory path')
    return p.fs
      .readdir(path, p.cwd, p.creds)
      .filter(([, child]) => child.kind === 'file')
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name]) => ({ key: name, value: p.fs.readFile(`${path}/${name}`, p.cwd, p.creds) }))
  }
  const key = parts.length === 2 ? parts[0] : path.split('/').at(-1)!
  try {
    return [{ key, value: p.fs.readFile(path, p.cwd, p.creds) }]
  } catch (error) {
    if (error instanceof SysError) throw new CliError(error.goMessage)
    throw error
  }
}

function fromEnvFile(k: Kube, path: string): Entry[] {
  const { p } = k
  if (!p.fs.exists(path, p.cwd)) throw new CliError(`error reading ${path}: no such file or directory`)
  const out: Entry[] = []
  p.fs
    .readFile(path, p.cwd, p.creds)
    .split('\n')
    .forEach((raw) => {
      const line = raw
        .replace(/^\uFEFF/, '')
        .replace(/^\s+/, '')
        .replace(/\r$/, '')
      if (line === '' || line.startsWith('#')) return
      const at = line.indexOf('=')
      const key = at < 0 ? line : line.slice(0, at)
      if (!/^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(key))
        throw new CliError(
          `"${key}" is not a valid key name: a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')`,
        )
      if (at >= 0) out.push({ key, value: line.slice(at + 1) })
      else if (p.env[key] !== undefined) out.push({ key, value: p.env[key] })
    })
  return out
}

/** Puts entries into an object's maps, refusing bad and repeated keys. */
export function fill(
  kind: 'ConfigMap' | 'Secret',
  name: string,
  entries: readonly Entry[],
  put: (entry: Entry) => void,
): void {
  const seen = new Set<string>()
  for (const entry of entries) {
    const problem = keyProblem(entry.key)
    if (problem) throw new CliError(`${JSON.stringify(entry.key)} is not a valid key name for a ${kind}: ${problem}`)
    if (seen.has(entry.key))
      throw new CliError(
        kind === 'ConfigMap'
          ? `cannot add key "${entry.key}", another key by that name already exists in Data for ConfigMap "${name}"`
          : `cannot add key ${entry.key}, another key by that name already exists`,
      )
    seen.add(entry.key)
    put(entry)
  }
}

function keyProblem(key: string): string | undefined {
  if (key.length > 253) return 'must be no more than 253 characters'
  if (key === '.' || key === '..') return `must not be '${key}'`
  if (key.startsWith('..')) return "must not start with '..'"
  if (/^[-._a-zA-Z0-9]+$/.test(key)) return undefined
  return "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
}
