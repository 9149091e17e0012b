import { statSync, watch } from 'node:fs'
import { basename, dirname } from 'node:path'
import { proveApart } from './prove-pool.ts'
import type { Answer } from './prove-worker.ts'

/** More files are not watched: a round should end before the author has forgotten what he changed. */
export const MOST_WATCHED = 50
/** Editors write a file in several steps (ms). */
const PAUSE = 100
/** A proof that takes longer is stopped (s). */
const LIMIT = 120

/** What can be seen from outside of a file that was changed. */
function stampOf(file: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(file)
    return `${mtimeMs} ${size} ${ino}`
  } catch {
    return 'gone'
  }
}

/**
 * Proves files, and again those that change, until `stop`. One proof runs at a time; one of a file that changes meanwhile
 * is begun anew. Folders are watched rather than files, because many editors put a new file in the old one's place.
 * Answers whether everything held when it was proved last.
 */
export async function watchAndProve(
  files: readonly string[],
  seed: number | undefined,
  stop: AbortSignal,
  tell: (answer: Answer) => boolean,
  tooLong: (seconds: number) => string,
): Promise<boolean> {
  const stamps = new Map(files.map((file) => [file, stampOf(file)]))
  const held = new Map<string, boolean>()
  const due = new Set(files)
  let running: { readonly file: string; readonly abort: AbortController } | undefined
  let wake = (): void => {}
  let timer: NodeJS.Timeout | undefined
  const look = (): void => {
    for (const [file, before] of stamps) {
      const now = stampOf(file)
      if (now === before || now === 'gone') continue
      stamps.set(file, now)
      due.add(file)
      if (running?.file === file) running.abort.abort()
    }
    wake()
  }
  const watchers = [...new Set(files.map((file) => dirname(file)))].map((folder) =>
    watch(folder, () => {
      clearTimeout(timer)
      timer = setTimeout(look, PAUSE)
    }),
  )
  stop.addEventListener('abort', () => {
    running?.abort.abort()
    wake()
  })
  while (!stop.aborted) {
    const [file] = due
    if (file === undefined) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
      continue
    }
    due.delete(file)
    const abort = new AbortController()
    running = { file, abort }
    let late = false
    const limit = setTimeout(() => {
      late = true
      abort.abort()
    }, LIMIT * 1000)
    // A file that was just taken away, or a mistake of the simulation: the next change brings another try.
    const answer = await proveApart(file, seed, abort.signal).catch((error: Error) => failed(file, seed, error.message))
    clearTimeout(limit)
    running = undefined
    if (answer) held.set(file, tell(answer))
    else if (late) held.set(file, tell(failed(file, seed, tooLong(LIMIT), LIMIT)))
  }
  clearTimeout(timer)
  for (const watcher of watchers) watcher.close()
  return [...held.values()].every(Boolean)
}

/** A proof that did not come to an end. */
const failed = (file: string, seed: number | undefined, why: string, seconds = 0): Answer => ({
  proof: { id: basename(file), ok: false, findings: [{ ok: false, what: 'ends', where: `${file}:1:1`, why }] },
  seed,
  seconds,
})
