import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import { render } from 'ink'
import { App } from './app.tsx'
import { ControllerContext } from './context.ts'
import type { Controller } from './controller.ts'
import { paneArea } from './layout.ts'
import { type Area, Screen, withoutColours } from './screen.ts'
import { frameRows, terminalRows } from './terminal.ts'

/** Something on which Ink draws and of which it may believe that it is a terminal. */
class Canvas extends EventEmitter {
  /** Not a terminal for Ink: it would hide cursors and count rows; that is the screen's business. */
  readonly isTTY = false

  constructor(
    private readonly game: Controller,
    private readonly drawn: (frame: string) => void,
  ) {
    super()
  }

  get columns(): number {
    return this.game.columns
  }

  get rows(): number {
    return this.game.rows
  }

  write(text: string): boolean {
    this.drawn(text)
    return true
  }
}

/** The game on a terminal. */
export interface View {
  readonly screen: Screen
  /** Draws everything again, for a terminal that has lost what it showed. */
  redraw(): void
  close(): void
}

/**
 * Draws the game: Ink makes frames whenever the controller has changed, the terminal pane is drawn over them whenever
 * something was typed or printed. `write` gets what the real terminal has to be sent.
 */
export function openView(game: Controller, write: (text: string) => void): View {
  const screen = new Screen(write)
  let closed = false
  const pane = (area: Area | undefined): string[] => {
    const { session } = game
    const { scrollback, scrolled } = game.past
    if (!area || !session) return []
    const { frame, editing } = session.tty
    const rows = frame
      ? frameRows(frame, area.width, area.height)
      : terminalRows(scrollback, editing, area.width, area.height, scrolled)
    return game.colourless ? rows.map(withoutColours) : rows
  }
  const canvas = new Canvas(game, (frame) => {
    if (closed) return
    const area = paneArea(game)
    screen.setFrame(game.colourless ? withoutColours(frame) : frame, area, pane(area))
  })
  // Ink gets an input of its own on which nobody types: it would lose Enter in typed-ahead text (see KeyDecoder).
  const inert = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => inert, ref: () => inert, unref() {} })
  const app = render(
    <ControllerContext.Provider value={game}>
      <App />
    </ControllerContext.Provider>,
    // debug: Ink hands over whole frames at once; it neither waits for its frame rate nor writes escapes of its own.
    { stdout: canvas, stdin: inert, exitOnCtrlC: false, patchConsole: false, debug: true } as never,
  )
  const stop = game.watch(() => screen.setPane(pane(screen.paneArea)))
  return {
    screen,
    redraw() {
      screen.forget()
      game.changed()
    },
    close() {
      closed = true
      stop()
      app.unmount()
    },
  }
}
