import { PassThrough } from 'node:stream'
import { render } from 'ink'
import type { World } from '../cluster/index.ts'
import type { Invocation } from '../main.ts'
import { findScenario } from '../serve/scenarios.ts'
import type { Key } from '../shell/index.ts'
import { App } from './app.tsx'
import { ControllerContext } from './context.ts'
import { Controller } from './controller.ts'
import { KeyDecoder } from './keyboard.ts'
import { handleKey } from './keys.ts'
import { PlainView } from './plain.ts'

const PASTE_ON = '\u001b[?2004h'
const PASTE_OFF = '\u001b[?2004l'
const ENTER = '\u001b[?1049h\u001b[?2004h\u001b[H'
const LEAVE = '\u001b[?2004l\u001b[?1049l\u001b[?25h'
/** A lone escape is the Escape key when nothing follows for so long, ms. */
const ESCAPE_PAUSE = 30

/** `notready play [ID]`. */
export async function play({ text, args, options, language }: Invocation): Promise<number> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    process.stderr.write(text.needsTerminal)
    return 2
  }
  const [id] = args
  const found =
    id === undefined ? undefined : findScenario(id, options.seed === undefined ? undefined : Number(options.seed))
  if (id !== undefined && !found) {
    process.stderr.write(text.noScenario(id))
    return 2
  }
  if (found && !found.scenario) {
    process.stderr.write(`notready: ${found.error}\n`)
    return 2
  }
  const game = new Controller(options.lang === undefined ? undefined : language)
  if (found?.scenario) game.open(found.scenario)
  return run(game)
}

/** An interactive shell in a world, without a mission. */
export async function shellIn(world: World, host: string | undefined, language: 'en' | 'fr'): Promise<number> {
  const game = new Controller(language)
  game.panel = false
  game.enter(world, host)
  return run(game)
}

/** Takes over the terminal until the player quits. */
async function run(game: Controller): Promise<number> {
  const { stdin, stdout } = process
  const size = (): void => {
    // One row less than there are: at full height Ink would clear the whole terminal for every frame.
    game.resize(stdout.columns || 80, Math.max(1, (stdout.rows || 24) - 1))
  }
  size()
  // Ink gets an input of its own on which nobody types: it would lose Enter in typed-ahead text (see KeyDecoder).
  const inert = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: () => inert,
    ref: () => inert,
    unref: () => inert,
  })
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
  stdin.setRawMode(true)
  stdin.setEncoding('utf8')
  stdin.on('data', onData)
  stdin.resume()
  stdout.on('resize', size)
  let restored = false
  /** The alternate screen is shown. */
  let framed = false
  const restore = (): void => {
    if (restored) return
    restored = true
    stdin.off('data', onData)
    stdin.setRawMode(false)
    stdin.pause()
    stdout.off('resize', size)
    stdout.write(framed ? LEAVE : PASTE_OFF)
  }
  /** Frames by Ink, or appended lines for a screen reader. */
  const show = (reader: boolean): (() => void) => {
    if (reader) {
      stdout.write(PASTE_ON)
      const view = new PlainView(game, (text) => stdout.write(text))
      return () => view.close()
    }
    framed = true
    stdout.write(ENTER)
    const app = render(
      <ControllerContext.Provider value={game}>
        <App />
      </ControllerContext.Provider>,
      { stdin: inert as unknown as NodeJS.ReadStream, exitOnCtrlC: false, patchConsole: false, maxFps: 60 },
    )
    return () => {
      app.unmount()
      stdout.write(LEAVE)
      framed = false
    }
  }
  let reader = game.settings.screenReader
  let hide = show(reader)
  game.subscribe(() => {
    if (reader === game.settings.screenReader) return
    reader = game.settings.screenReader
    hide()
    hide = show(reader)
  })
  const ended = new Promise<void>((resolve) => {
    game.onQuit = resolve
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.once(signal, resolve)
  })
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
