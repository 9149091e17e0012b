import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { makeDir } from './make-dir.ts'

/** Looks at a lock that another process holds, and ms between two. */
const LOOKS = 50
const PAUSE = 10
/** Others come and go between looking and taking. */
const TRIES = 100

/**
 * When a process was started, where the system tells: a number may be given again. The dead whom nobody buries (as
 * where a container's first process reaps no others) have no time.
 */
function startOf(pid: number): string {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)!.split(' ')
    return 'ZX'.includes(fields[0]) ? 'dead' : fields[19]
  } catch {
    return ''
  }
}

const nameOf = (pid: number): string => `${pid} ${startOf(pid)}\n`

function remove(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    // A lock that stays is stale as soon as this process ends.
  }
}

/** Whose lock it is, if that process is still there. */
function living(name: string): number | undefined {
  const pid = Number.parseInt(name, 10)
  if (!(pid > 0)) return undefined
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return undefined
  }
  return nameOf(pid) === name ? pid : undefined
}

/**
 * A file that says which process has something to itself. One whose process is gone, `kill -9` included, holds nobody
 * up. Where nothing can be written there is no lock: whoever wants to write there will be told.
 */
export class Lock {
  constructor(private readonly path: () => string) {}

  /** Takes it, if it is not taken. Answers with the process that has it otherwise. */
  take(): number | undefined {
    const path = this.path()
    const own = `${path}.${process.pid}`
    try {
      makeDir(dirname(path))
      writeFileSync(own, nameOf(process.pid))
      for (let n = 0; n < TRIES; n++) {
        const other = this.tryOnce(path, own)
        if (other === 'again') continue
        remove(own)
        return other
      }
    } catch {
      // Read-only, full, or without hard links.
    }
    remove(own)
    return undefined
  }

  private tryOnce(path: string, own: string): number | 'again' | undefined {
    try {
      // Unlike a file that is made and then written, a link is there as a whole.
      linkSync(own, path)
      return undefined
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const name = this.name()
    if (name === undefined) return 'again'
    if (name === nameOf(process.pid)) return undefined
    const pid = living(name)
    if (pid !== undefined) return pid
    const aside = `${own}.stale`
    try {
      renameSync(path, aside)
      // Somebody else has taken it meanwhile: it is theirs again.
      if (readFileSync(aside, 'latin1') !== name) linkSync(aside, path)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code !== 'ENOENT' && code !== 'EEXIST') throw error
    }
    remove(aside)
    return 'again'
  }

  /** What stands in it; undefined when there is none. */
  private name(): string | undefined {
    try {
      return readFileSync(this.path(), 'latin1')
    } catch {
      return undefined
    }
  }

  /** The other process that has it. */
  get other(): number | undefined {
    const name = this.name()
    return name === undefined || name === nameOf(process.pid) ? undefined : living(name)
  }

  release(): void {
    if (this.name() === nameOf(process.pid)) remove(this.path())
  }
}

/** Does something that takes some ms while nobody else does; who never lets go is not waited for. */
export function alone<T>(path: string, what: () => T): T {
  const lock = new Lock(() => path)
  const clock = new Int32Array(new SharedArrayBuffer(4))
  for (let n = 0; n < LOOKS && lock.take() !== undefined; n++) Atomics.wait(clock, 0, 0, PAUSE)
  try {
    return what()
  } finally {
    lock.release()
  }
}
