import type { Controller } from './controller.ts'
import { takeKeys } from './key-source.ts'
import { PlainView } from './plain.ts'
import { openView } from './view.tsx'

const PASTE_ON = '\u001b[?2004h'
const PASTE_OFF = '\u001b[?2004l'
/** Alternate screen, bracketed paste, no cursor, and nothing that is too long may run into the next row. */
const ENTER = '\u001b[?1049h\u001b[?2004h\u001b[?25l\u001b[?7l\u001b[2J'
const LEAVE = '\u001b[?7h\u001b[?25h\u001b[?2004l\u001b[?1049l'
const CLEAR = '\u001b[0m\u001b[2J'

/** Takes over the terminal until the player quits. */
export async function start(game: Controller): Promise<number> {
  const { stdin, stdout } = process
  const write = (text: string): void => void stdout.write(text)
  const measure = (): void => game.resize(stdout.columns || 80, stdout.rows || 24)
  /** The alternate screen is shown. */
  let framed = false
  let redraw = (): void => {}
  /** Frames, or appended lines for a screen reader and for terminals that can do nothing else. */
  const show = (reader: boolean): (() => void) => {
    if (reader) {
      write(PASTE_ON)
      const view = new PlainView(game, write)
      return () => view.close()
    }
    framed = true
    write(ENTER)
    const view = openView(game, write)
    redraw = () => {
      write(CLEAR)
      view.redraw()
    }
    return () => {
      redraw = () => {}
      view.close()
      write(LEAVE)
      framed = false
    }
  }
  const plain = (): boolean => game.settings.screenReader || process.env.TERM === 'dumb'
  measure()
  const keys = takeKeys(game)
  const resized = (): void => {
    measure()
    redraw()
  }
  stdout.on('resize', resized)
  let reader = plain()
  let hide = show(reader)
  game.subscribe(() => {
    if (reader === plain()) return
    reader = plain()
    hide()
    hide = show(reader)
  })
  const continued = (): void => {
    // Stopped from outside and continued: the shell in between has had the terminal.
    keys.resume()
    if (framed) write(ENTER)
    redraw()
  }
  process.on('SIGCONT', continued)
  const ended = new Promise<void>((resolve) => {
    game.onQuit = resolve
    for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT'] as const) process.once(signal, resolve)
    stdin.once('end', resolve)
    // The terminal went away.
    for (const stream of [stdin, stdout]) stream.on('error', () => resolve())
  })
  let restored = false
  const restore = (): void => {
    if (restored) return
    restored = true
    keys.release()
    stdout.off('resize', resized)
    write(framed ? LEAVE : PASTE_OFF)
  }
  process.once('exit', restore)
  process.on('uncaughtException', (error) => {
    restore()
    process.stderr.write(`${error.stack ?? error}\n${(error.cause as Error)?.stack ?? ''}\n`)
    process.exit(1)
  })
  await ended
  hide()
  restore()
  // Timers of the game end with it.
  setImmediate(() => process.exit(0))
  return 0
}
