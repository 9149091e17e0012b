import type { World } from '../cluster/index.ts'
import { cardOf } from '../game/card.ts'
import { placeOfPrompt } from '../game/prompt.ts'
import type { Invocation } from '../main.ts'
import type { Recording } from '../scenario/index.ts'
import type { Language } from '../scenario/language.ts'
import { missionFiles } from '../serve/missions.ts'
import { Controller } from './controller.ts'
import { takeKeys } from './key-source.ts'
import { PlainView } from './plain.ts'
import { openView } from './view.tsx'

const PASTE_ON = '\u001b[?2004h'
const PASTE_OFF = '\u001b[?2004l'
/** Alternate screen, bracketed paste, no cursor, and nothing that is too long may run into the next row. */
const ENTER = '\u001b[?1049h\u001b[?2004h\u001b[?25l\u001b[?7l\u001b[2J'
const LEAVE = '\u001b[?7h\u001b[?25h\u001b[?2004l\u001b[?1049l'
const CLEAR = '\u001b[0m\u001b[2J'

/** The game as the command line wants it. */
async function controllerFor(options: Invocation['options'], language: Language): Promise<Controller> {
  const game = new Controller(options.lang === undefined ? undefined : language, await missionFiles())
  if (options['screen-reader']) game.settings = { ...game.settings, screenReader: true }
  return game
}

/** `notready play [ID]`. */
export async function play({ text, args, options, language }: Invocation): Promise<number> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    process.stderr.write(text.needsTerminal)
    return 2
  }
  const [id, ...more] = args
  if (more.length > 0) {
    process.stderr.write(text.tooMany(more[0]))
    return 2
  }
  const game = await controllerFor(options, language)
  if (id !== undefined) {
    const { findScenario } = await import('../serve/scenarios.ts')
    const found = findScenario(id, options.seed === undefined ? undefined : Number(options.seed))
    if (!found) {
      process.stderr.write(text.noScenario(id))
      return 2
    }
    if (!found.scenario) {
      process.stderr.write(`notready: ${found.error}\n`)
      return 2
    }
    const { scenario, file } = found
    const seed = options.seed === undefined ? scenario.seed : Number(options.seed)
    game.open({ ...cardOf(scenario), seed }, game.card(id) ? undefined : file)
  }
  return run(game)
}

/** `notready learn [ID]` on a terminal. */
export async function read({ options, language }: Invocation, id: string | undefined): Promise<number> {
  const game = await controllerFor(options, language)
  await game.desk.reader.load()
  game.desk.openTable()
  if (id !== undefined) game.desk.reader.open(id)
  return run(game)
}

/** `notready drill [SKILL]` on a terminal. */
export async function exercise({ options, language }: Invocation, skill: string | undefined): Promise<number> {
  const game = await controllerFor(options, language)
  const opened = game.drill.open()
  if (skill !== undefined) {
    await opened
    game.drill.session.beginSkill(skill)
  }
  return run(game)
}

/** `notready exam`. */
export async function exam({ text, args, options, language }: Invocation): Promise<number> {
  if (args.length > 0 || !process.stdin.isTTY || !process.stdout.isTTY) {
    process.stderr.write(args.length > 0 ? text.tooMany(args[0]) : text.needsTerminal)
    return 2
  }
  const game = await controllerFor(options, language)
  game.exam.practice = options.practice === true
  game.exam.seed = options.seed === undefined ? undefined : Number(options.seed)
  game.exam.open()
  return run(game)
}

/** `notready docs [WORD]` on a terminal. */
export async function consult({ options, language }: Invocation, word: string | undefined): Promise<number> {
  const game = await controllerFor(options, language)
  await game.docs.find(word)
  return run(game)
}

/** An interactive shell in a world, without a mission. */
export async function shellIn(world: World, host: string | undefined, language: 'en' | 'fr'): Promise<number> {
  const game = new Controller(language)
  game.side.beside = false
  game.alone = true
  await game.enter(world, host)
  return run(game)
}

/** The same for somebody who records a scenario: F4 says that everything is broken. */
export async function recordIn(world: World, recording: Recording, language: 'en' | 'fr'): Promise<number> {
  const game = new Controller(language)
  game.side.beside = false
  game.alone = true
  game.recording = recording
  await game.enter(world, undefined)
  game.session!.tty.onLine = (line, prompt) => {
    const place = placeOfPrompt(prompt)
    recording.typed(line, place?.host, place?.cwd)
  }
  return run(game)
}

/** Takes over the terminal until the player quits. */
async function run(game: Controller): Promise<number> {
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
