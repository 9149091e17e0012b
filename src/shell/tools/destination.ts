import type { Process } from '../../host/index.ts'
import { UsageError } from '../options.ts'
import { quoteName } from '../text/quotes.ts'

interface Operands {
  readonly p: Process
  readonly args: readonly string[]
  fail(message: string): never
}

/**
 * What cp and mv read from their operands: the sources, and where they go — `-t DIRECTORY` or the last operand; `isDir`:
 * into it, not over it. Fails when several sources have no directory to go to.
 */
export function destination(
  t: Operands,
  directory: string | undefined,
  notInside: boolean,
): { readonly sources: readonly string[]; readonly target: string; readonly isDir: boolean } {
  const { fs, cwd } = t.p
  const sources = [...t.args]
  if (sources.length === 0) throw new UsageError('missing file operand')
  const target = directory ?? sources.pop()!
  if (sources.length === 0) throw new UsageError(`missing destination file operand after ${quoteName(target)}`)
  const isDir = !notInside && fs.find(target, cwd)?.kind === 'dir'
  if (sources.length > 1 && !isDir)
    t.fail(`target ${quoteName(target)}: ${fs.exists(target, cwd) ? 'Not a directory' : 'No such file or directory'}`)
  return { sources, target, isDir }
}

/** Renames what is in the way to NAME~ (or NAME with another suffix). */
export function backup(t: { readonly p: Process }, path: string, suffix = '~'): void {
  if (t.p.fs.exists(path, t.p.cwd)) t.p.fs.rename(path, path + suffix, t.p.cwd, t.p.creds)
}
