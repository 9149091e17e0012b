import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import {
  defaultSettings,
  noProgress,
  type Progress,
  parseProgress,
  parseSettings,
  type Settings,
} from '../game/progress.ts'

const base = (variable: string, fallback: string): string =>
  join(process.env[variable] || join(homedir(), fallback), 'notready')

/** XDG places. */
export const stateDir = (): string => base('XDG_STATE_HOME', '.local/state')
export const configDir = (): string => base('XDG_CONFIG_HOME', '.config')

/** Something that could not be kept or read. */
export interface Problem {
  /** `damaged`: it was set aside as PATH.damaged; `unwritable`: nothing is kept there; `unreadable`: it stays as it is. */
  readonly kind: 'damaged' | 'unwritable' | 'unreadable'
  readonly path: string
  readonly why: string
}

/** Told of problems; the game goes on. */
export type Trouble = (problem: Problem) => void

/**
 * Makes a directory and what is missing above it. Node's own `recursive` never comes back under /proc, and calls a
 * read-only file system a missing file.
 */
export function makeDir(dir: string): void {
  try {
    mkdirSync(dir)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return
    if (code !== 'ENOENT' || existsSync(dirname(dir))) throw error
    makeDir(dirname(dir))
    mkdirSync(dir)
  }
}

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
export function readJson<T>(dir: string, name: string, parse: (data: unknown) => T, fallback: T, trouble: Trouble): T {
  const path = join(dir, name)
  if (!existsSync(path)) return fallback
  try {
    return parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (error) {
    setAside(path, error, trouble)
    return fallback
  }
}

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

export const loadProgress = (trouble: Trouble): Progress =>
  readJson(stateDir(), 'progress.json', parseProgress, noProgress(), trouble)
export const saveProgress = (progress: Progress, trouble: Trouble): boolean =>
  writeAtomically(stateDir(), 'progress.json', `${JSON.stringify(progress, null, 2)}\n`, trouble)
export const loadSettings = (trouble: Trouble): Settings =>
  readJson(configDir(), 'settings.json', parseSettings, defaultSettings(), trouble)
export const saveSettings = (settings: Settings, trouble: Trouble): boolean =>
  writeAtomically(configDir(), 'settings.json', `${JSON.stringify(settings, null, 2)}\n`, trouble)
