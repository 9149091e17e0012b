import {
  appendFileSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { asInput, type Input } from '../game/input.ts'
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
function makeDir(dir: string): void {
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

function setAside(path: string, error: unknown, trouble: Trouble): void {
  try {
    renameSync(path, `${path}.damaged`)
    trouble({ kind: 'damaged', path, why: reason(error) })
  } catch (second) {
    trouble({ kind: 'unreadable', path, why: reason(second) })
  }
}

/** `ENOSPC: no space left on device`, or a parser's words, which may quote what it found. */
const reason = (error: unknown): string =>
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

/** A mission that was begun and not ended. */
export interface SavedRun {
  readonly scenario: string
  readonly seed: number
  readonly inputs: readonly Input[]
}

const RUN = 'run.jsonl'
const HEAD_BYTES = 512
/** More inputs than this are no game but an attack on the disk. */
const MAX_INPUTS = 500_000

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

function headOf(line: string): Omit<SavedRun, 'inputs'> {
  const head = parsed(line) as { version?: unknown; scenario?: unknown; seed?: unknown } | undefined
  const { version, scenario, seed } = head ?? {}
  if (version !== 1 || typeof scenario !== 'string' || !Number.isInteger(seed))
    throw new Error('not a log of this game')
  return { scenario, seed: seed as number }
}

/**
 * The log of the mission in play, one JSON line an input, appended at once: after `kill -9` the mission goes on where it
 * was. A truncated last line is dropped.
 */
export class RunLog {
  private count = 0
  /** A mission is in play and its log can be written. */
  private open = false

  constructor(private readonly trouble: Trouble) {}

  begin(scenario: string, seed: number): void {
    this.count = 0
    this.open = true
    this.write(() => {
      makeDir(stateDir())
      writeFileSync(join(stateDir(), RUN), `${JSON.stringify({ version: 1, scenario, seed })}\n`)
    })
  }

  /** Goes on with a log that was read: written anew, because its last line may be half a line. */
  resume(run: SavedRun): void {
    this.count = run.inputs.length
    const { scenario, seed, inputs } = run
    const lines = [{ version: 1, scenario, seed }, ...inputs].map((x) => `${JSON.stringify(x)}\n`)
    this.open = writeAtomically(stateDir(), RUN, lines.join(''), this.trouble)
  }

  append(input: Input): void {
    if (!this.open || ++this.count > MAX_INPUTS) return
    this.write(() => appendFileSync(join(stateDir(), RUN), `${JSON.stringify(input)}\n`))
  }

  /** The mission is over: there is nothing to go on with. */
  end(): void {
    this.open = false
    this.write(() => rmSync(join(stateDir(), RUN), { force: true }))
  }

  /** Which mission there is to go on with; cheap, because the menu asks. A damaged log is set aside. */
  peek(): Omit<SavedRun, 'inputs'> | undefined {
    return this.read((path) => {
      const fd = openSync(path, 'r')
      try {
        const head = Buffer.alloc(HEAD_BYTES)
        return headOf(head.toString('utf8', 0, readSync(fd, head)).split('\n')[0])
      } finally {
        closeSync(fd)
      }
    })
  }

  load(): SavedRun | undefined {
    return this.read((path) => {
      const [head, ...rest] = readFileSync(path, 'utf8').split('\n')
      const inputs: Input[] = []
      let last = 0
      for (const line of rest) {
        if (line === '') continue
        const input = asInput(parsed(line))
        if (!input || input.at < last || inputs.length > MAX_INPUTS) break
        last = input.at
        inputs.push(input)
      }
      return { ...headOf(head), inputs }
    })
  }

  private read<T>(look: (path: string) => T): T | undefined {
    const path = join(stateDir(), RUN)
    if (!existsSync(path)) return undefined
    try {
      return look(path)
    } catch (error) {
      setAside(path, error, this.trouble)
      return undefined
    }
  }

  private write(fn: () => void): void {
    try {
      fn()
    } catch (error) {
      // A full disk must not end the game; it is told once.
      this.open = false
      this.trouble({ kind: 'unwritable', path: join(stateDir(), RUN), why: reason(error) })
    }
  }
}
