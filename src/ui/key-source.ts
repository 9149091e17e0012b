import type { Key } from '../shell/tty/key.ts'
import type { Controller } from './controller.ts'
import { KeyDecoder } from './keyboard.ts'
import { handleKey } from './keys.ts'

/** A lone escape is the Escape key when nothing follows for so long, ms. */
const ESCAPE_PAUSE = 30

/** Puts the real standard input into raw mode and gives what is typed to the game. */
export function takeKeys(game: Controller): { resume(): void; release(): void } {
  const { stdin } = process
  const decoder = new KeyDecoder()
  let pause: NodeJS.Timeout | undefined
  const emit = (keys: readonly Key[]): void => {
    for (const key of keys) handleKey(game, key)
  }
  const onData = (chunk: string): void => {
    clearTimeout(pause)
    emit(decoder.feed(chunk))
    if (decoder.waiting) pause = setTimeout(() => emit(decoder.flush()), ESCAPE_PAUSE)
  }
  const raw = (on: boolean): void => {
    try {
      stdin.setRawMode(on)
    } catch {
      // The terminal is gone.
    }
  }
  raw(true)
  stdin.setEncoding('utf8')
  stdin.on('data', onData)
  stdin.resume()
  return {
    resume() {
      raw(false)
      raw(true)
    },
    release() {
      clearTimeout(pause)
      stdin.off('data', onData)
      raw(false)
      stdin.pause()
    },
  }
}
