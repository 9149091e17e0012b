import { appendFileSync, closeSync, existsSync, openSync, readFileSync, readSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Lock } from './lock.ts'
import { makeDir } from './make-dir.ts'
import { reason, setAside, stateDir, type Trouble, writeAtomically } from './storage.ts'

/** What logs of one kind say, in the state directory. */
export interface LogKind<Head extends object, Entry> {
  readonly file: string
  /** What was begun. Throws Error when it is something else. */
  readonly head: (data: any) => Head
  /** Something that was done; undefined when it is nothing of the kind. */
  readonly entry: (data: unknown) => Entry | undefined
}

/** Something that was begun and not ended, with all that was done. */
export type Saved<Head extends object, Entry> = Head & { readonly inputs: readonly Entry[] }

const HEAD_BYTES = 4096
/** More inputs than this are no game but an attack on the disk. */
const MAX_INPUTS = 500_000

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/**
 * The log of what is in play, one JSON line an input, appended at once: after `kill -9` it goes on where it was. A
 * truncated last line is dropped.
 */
export class InputLog<Head extends object, Entry extends { readonly at: number }> {
  private count = 0
  /** Something is in play and its log can be written. */
  private open = false

  /** Two games must not write it at once. */
  private readonly lock = new Lock(() => `${this.path}.lock`)

  constructor(
    private readonly kind: LogKind<Head, Entry>,
    private readonly trouble: Trouble,
  ) {}

  private get path(): string {
    return join(stateDir(), this.kind.file)
  }

  /** The process of another game that writes it now. */
  get busy(): number | undefined {
    return this.lock.other
  }

  /** Takes it for this game; where another one has it, nothing is kept of what is in play here. */
  private take(): boolean {
    const other = this.lock.take()
    this.open = other === undefined
    if (other !== undefined) this.trouble({ kind: 'busy', path: this.path, why: String(other) })
    return this.open
  }

  /** Nothing is in play any more, but it can be gone on with, in another game too. */
  close(): void {
    this.open = false
    this.lock.release()
  }

  begin(head: Head): void {
    if (!this.take()) return
    this.count = 0
    this.write(() => {
      makeDir(stateDir())
      writeFileSync(this.path, `${JSON.stringify({ version: 1, ...head })}\n`)
    })
  }

  /** Goes on with a log that was read: written anew, because its last line may be half a line. */
  resume({ inputs, ...head }: Saved<Head, Entry>): void {
    if (!this.take()) return
    this.count = inputs.length
    const lines = [{ version: 1, ...head }, ...inputs].map((x) => `${JSON.stringify(x)}\n`)
    this.open = writeAtomically(stateDir(), this.kind.file, lines.join(''), this.trouble)
  }

  append(input: Entry): void {
    if (!this.open || ++this.count > MAX_INPUTS) return
    this.write(() => appendFileSync(this.path, `${JSON.stringify(input)}\n`))
  }

  /** It is over: there is nothing to go on with. */
  end(): void {
    if (this.busy !== undefined) return
    this.write(() => rmSync(this.path, { force: true }))
    this.close()
  }

  /** What there is to go on with; cheap, because the menu asks. A damaged log is set aside. */
  peek(): Head | undefined {
    return this.read((path) => {
      const fd = openSync(path, 'r')
      try {
        const head = Buffer.alloc(HEAD_BYTES)
        return this.headOf(head.toString('utf8', 0, readSync(fd, head)).split('\n')[0])
      } finally {
        closeSync(fd)
      }
    })
  }

  load(): Saved<Head, Entry> | undefined {
    return this.read((path) => {
      const [head, ...rest] = readFileSync(path, 'utf8').split('\n')
      const inputs: Entry[] = []
      let last = 0
      for (const line of rest) {
        if (line === '') continue
        const input = this.kind.entry(parsed(line))
        if (!input || input.at < last || inputs.length > MAX_INPUTS) break
        last = input.at
        inputs.push(input)
      }
      return { ...this.headOf(head), inputs }
    })
  }

  private headOf(line: string): Head {
    const head = parsed(line) as { version?: unknown } | null | undefined
    if (head?.version !== 1) throw new Error('not a log of this game')
    return this.kind.head(head)
  }

  private read<T>(look: (path: string) => T): T | undefined {
    if (!existsSync(this.path)) return undefined
    try {
      return look(this.path)
    } catch (error) {
      setAside(this.path, error, this.trouble)
      return undefined
    }
  }

  private write(fn: () => void): void {
    try {
      fn()
    } catch (error) {
      // A full disk must not end the game; it is told once.
      this.open = false
      this.trouble({ kind: 'unwritable', path: this.path, why: reason(error) })
    }
  }
}
