import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import {
  defaultSettings,
  noProgress,
  type Progress,
  parseProgress,
  parseSettings,
  type Settings,
} from '../game/progress.ts'
import { alone } from './lock.ts'
import { makeDir } from './make-dir.ts'

const base = (variable: string, fallback: string): string =>
  join(process.env[variable] || join(homedir(), fallback), 'notready')

/** XDG places. */
export const stateDir = (): string => base('XDG_STATE_HOME', '.local/state')

/** `$XDG_CONFIG_HOME/notready`, or its default. */
export const configDir = (): string => base('XDG_CONFIG_HOME', '.config')

/** Something that could not be kept or read. */
export interface Problem {
  /**
   * `damaged`: it was set aside as PATH.damaged; `unwritable`: nothing is kept there; `unreadable`: it stays as it is;
   * `busy`: another game has it, whose process `why` is.
   */
  readonly kind: 'damaged' | 'unwritable' | 'unreadable' | 'busy'
  readonly path: string
  readonly why: string
}

/** Told of problems; the game goes on. */
export type Trouble = (problem: Problem) => void

/** Puts a file there as a whole or not at all; false, and `trouble` told, when it could not be written. */
export function writeAtomically(dir: string, name: string, text: string, trouble: Trouble): boolean {
  const path = join(dir, name)
  const temporary = `${path}.${process.pid}.tmp`
  try {
    makeDir(dir)
    writeFileSync(temporary, text)
    const fd = openSync(temporary, 'r')
    fsyncSync(fd)
    closeSync(fd)
    renameSync(temporary, path)
    return true
  } catch (error) {
    try {
      rmSync(temporary, { force: true })
    } catch {
      // There is not even a directory.
    }
    trouble({ kind: 'unwritable', path, why: reason(error) })
    return false
  }
}

/** Reads a JSON file by its schema. A file that does not fit is set aside, never overwritten. */
function readJson<T>(dir: string, name: string, parse: (data: unknown) => T, fallback: T, trouble: Trouble): T {
  const path = join(dir, name)
  if (!existsSync(path)) return fallback
  try {
    return parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (error) {
    setAside(path, error, trouble)
    return fallback
  }
}

/** Renames a file that cannot be read, so that it is not overwritten, and tells of it. */
export function setAside(path: string, error: unknown, trouble: Trouble): void {
  try {
    renameSync(path, `${path}.damaged`)
    trouble({ kind: 'damaged', path, why: reason(error) })
  } catch (second) {
    trouble({ kind: 'unreadable', path, why: reason(second) })
  }
}

/** `ENOSPC: no space left on device`, or a parser's words, which may quote what it found. */
export const reason = (error: unknown): string =>
  (error as Error).message
    .split('\n')[0]
    .replace(/, \w+( '.*)?$/, '')
    .replace(/[^ -~\u00a1-\uffff]/g, '·')
    .slice(0, 120)

/** A JSON file that several games may read and write. */
export interface Kept<T> {
  readonly dir: () => string
  readonly name: string
  /** Throws Error when it is something else. */
  readonly parse: (data: unknown) => T
  readonly initial: () => T
  readonly text?: (value: T) => string
}

/** What is kept on disk, or `fallback`; `trouble` is told why it could not be read. */
export const load = <T>({ dir, name, parse, initial }: Kept<T>, trouble: Trouble, fallback = initial()): T =>
  readJson(dir(), name, parse, fallback, trouble)

const inLines = (value: unknown): string => JSON.stringify(value, null, 2)

/** Writes it as a whole or not at all. False, and `trouble` is told, when it could not be written. */
export const save = <T>({ dir, name, text = inLines }: Kept<T>, value: T, trouble: Trouble): boolean =>
  writeAtomically(dir(), name, `${text(value)}\n`, trouble)

/**
 * Changes what stands there now: another game may have written since. `known` is what is gone on from where nothing
 * stands any more. Answers with the outcome, and whether it could be written down.
 */
export function update<T>(
  file: Kept<T>,
  known: T,
  change: (now: T) => T,
  trouble: Trouble,
): { readonly value: T; readonly kept: boolean } {
  return alone(join(file.dir(), `${file.name}.lock`), () => {
    let readable = true
    const now = load(
      file,
      (problem) => {
        readable &&= problem.kind !== 'unreadable'
        trouble(problem)
      },
      known,
    )
    const value = change(now)
    return { value, kept: readable && save(file, value, trouble) }
  })
}

/** What a player has solved, as kept on disk. */
export const PROGRESS: Kept<Progress> = {
  dir: stateDir,
  name: 'progress.json',
  parse: parseProgress,
  initial: noProgress,
}
/** A player's settings, as kept on disk. */
export const SETTINGS: Kept<Settings> = {
  dir: configDir,
  name: 'settings.json',
  parse: parseSettings,
  initial: defaultSettings,
}
