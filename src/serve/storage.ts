import {
  appendFileSync,
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
import { join } from 'node:path'
import {
  defaultSettings,
  type Input,
  inputSchema,
  noProgress,
  type Progress,
  progressSchema,
  type Settings,
  settingsSchema,
} from '../game/index.ts'

const base = (variable: string, fallback: string): string =>
  join(process.env[variable] || join(homedir(), fallback), 'notready')

/** XDG places. */
export const stateDir = (): string => base('XDG_STATE_HOME', '.local/state')
const configDir = (): string => base('XDG_CONFIG_HOME', '.config')

/** Something that could not be kept or read, told to the player once; the game goes on. */
export type Trouble = (message: string) => void

export function writeAtomically(dir: string, name: string, text: string, trouble: Trouble): void {
  const path = join(dir, name)
  const temporary = `${path}.${process.pid}.tmp`
  try {
    mkdirSync(dir, { recursive: true })
    writeFileSync(temporary, text)
    const fd = openSync(temporary, 'r')
    fsyncSync(fd)
    closeSync(fd)
    renameSync(temporary, path)
  } catch (error) {
    try {
      rmSync(temporary, { force: true })
    } catch {
      // There is not even a directory.
    }
    trouble(`${path}: ${(error as Error).message}`)
  }
}

/** Reads a JSON file by its schema. A file that does not fit is set aside, never overwritten. */
function readJson<T>(dir: string, name: string, parse: (data: unknown) => T, fallback: T, trouble: Trouble): T {
  const path = join(dir, name)
  if (!existsSync(path)) return fallback
  try {
    return parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (error) {
    const aside = `${path}.damaged`
    try {
      renameSync(path, aside)
      trouble(`${path}: ${(error as Error).message.split('\n')[0]} → ${aside}`)
    } catch (second) {
      trouble(`${path}: ${(second as Error).message}`)
    }
    return fallback
  }
}

export const loadProgress = (trouble: Trouble): Progress =>
  readJson(stateDir(), 'progress.json', (d) => progressSchema.parse(d), noProgress(), trouble)
export const saveProgress = (progress: Progress, trouble: Trouble): void =>
  writeAtomically(stateDir(), 'progress.json', `${JSON.stringify(progress, null, 2)}\n`, trouble)
export const loadSettings = (trouble: Trouble): Settings =>
  readJson(configDir(), 'settings.json', (d) => settingsSchema.parse(d), defaultSettings(), trouble)
export const saveSettings = (settings: Settings, trouble: Trouble): void =>
  writeAtomically(configDir(), 'settings.json', `${JSON.stringify(settings, null, 2)}\n`, trouble)

/** A mission that was begun and not ended. */
export interface SavedRun {
  readonly scenario: string
  readonly seed: number
  readonly inputs: readonly Input[]
}

const RUN = 'run.jsonl'
/** More inputs than this are no game but an attack on the disk. */
const MAX_INPUTS = 500_000

/**
 * The log of the mission in play, one JSON line an input, appended at once: after `kill -9` the mission goes on where it
 * was. A truncated last line is dropped.
 */
export class RunLog {
  private count = 0
  private failed = false

  constructor(private readonly trouble: Trouble) {}

  begin(scenario: string, seed: number): void {
    this.count = 0
    this.failed = false
    this.write(() => {
      mkdirSync(stateDir(), { recursive: true })
      writeFileSync(join(stateDir(), RUN), `${JSON.stringify({ version: 1, scenario, seed })}\n`)
    })
  }

  /** Goes on with a log that was read: written anew, because its last line may be half a line. */
  resume(run: SavedRun): void {
    this.count = run.inputs.length
    this.failed = false
    const { scenario, seed, inputs } = run
    const lines = [{ version: 1, scenario, seed }, ...inputs].map((x) => `${JSON.stringify(x)}\n`)
    writeAtomically(stateDir(), RUN, lines.join(''), this.trouble)
  }

  append(input: Input): void {
    if (++this.count > MAX_INPUTS) return
    this.write(() => appendFileSync(join(stateDir(), RUN), `${JSON.stringify(input)}\n`))
  }

  end(): void {
    this.write(() => rmSync(join(stateDir(), RUN), { force: true }))
  }

  load(): SavedRun | undefined {
    const path = join(stateDir(), RUN)
    if (!existsSync(path)) return undefined
    try {
      const [head, ...rest] = readFileSync(path, 'utf8').split('\n')
      const { version, scenario, seed } = JSON.parse(head)
      if (version !== 1 || typeof scenario !== 'string' || !Number.isInteger(seed)) return undefined
      const inputs: Input[] = []
      let last = 0
      for (const line of rest) {
        if (line === '') continue
        let data: unknown
        try {
          data = JSON.parse(line)
        } catch {
          break
        }
        const parsed = inputSchema.safeParse(data)
        if (!parsed.success || parsed.data.at < last || inputs.length > MAX_INPUTS) break
        last = parsed.data.at
        inputs.push(parsed.data as Input)
      }
      return { scenario, seed, inputs }
    } catch (error) {
      this.trouble(`${path}: ${(error as Error).message}`)
      return undefined
    }
  }

  private write(fn: () => void): void {
    if (this.failed) return
    try {
      fn()
    } catch (error) {
      // A full disk must not end the game; it is told once.
      this.failed = true
      this.trouble(`${join(stateDir(), RUN)}: ${(error as Error).message}`)
    }
  }
}
