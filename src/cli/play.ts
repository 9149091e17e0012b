import type { World } from '../cluster/index.ts'
import { cardOf } from '../game/card.ts'
import { placeOfPrompt } from '../game/prompt.ts'
import type { Recording } from '../scenario/index.ts'
import type { Language } from '../scenario/language.ts'
import { missionFiles } from '../serve/missions.ts'
import { Controller } from '../ui/controller.ts'
import { start } from '../ui/start.ts'
import type { Invocation } from './invocation.ts'

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
  return start(game)
}

/** `notready learn [ID]` on a terminal. */
export async function read({ options, language }: Invocation, id: string | undefined): Promise<number> {
  const game = await controllerFor(options, language)
  await game.desk.reader.load()
  game.desk.openTable()
  if (id !== undefined) game.desk.reader.open(id)
  return start(game)
}

/** `notready drill [SKILL]` on a terminal. */
export async function exercise({ options, language }: Invocation, skill: string | undefined): Promise<number> {
  const game = await controllerFor(options, language)
  const opened = game.drill.open()
  if (skill !== undefined) {
    await opened
    game.drill.session.beginSkill(skill)
  }
  return start(game)
}

/** Minutes of an exam: enough for a task or two, and as many as there are tasks for. */
const [SHORTEST, LONGEST] = [10, 240]

/** `notready exam`. */
export async function exam({ text, args, options, language }: Invocation): Promise<number> {
  if (args.length > 0 || !process.stdin.isTTY || !process.stdout.isTTY) {
    process.stderr.write(args.length > 0 ? text.tooMany(args[0]) : text.needsTerminal)
    return 2
  }
  const { minutes } = options
  if (
    minutes !== undefined &&
    !(Number(minutes) >= SHORTEST && Number(minutes) <= LONGEST && /^\d+$/.test(String(minutes)))
  ) {
    process.stderr.write(text.badMinutes(String(minutes), SHORTEST, LONGEST))
    return 2
  }
  const game = await controllerFor(options, language)
  if (minutes !== undefined) game.exam.minutes = Number(minutes)
  game.exam.practice = options.practice === true
  game.exam.seed = options.seed === undefined ? undefined : Number(options.seed)
  game.exam.open()
  return start(game)
}

/** `notready docs [WORD]` on a terminal. */
export async function consult({ options, language }: Invocation, word: string | undefined): Promise<number> {
  const game = await controllerFor(options, language)
  await game.docs.find(word)
  return start(game)
}

/** An interactive shell in a world, without a mission. */
export async function shellIn(world: World, host: string | undefined, language: 'en' | 'fr'): Promise<number> {
  const game = new Controller(language)
  game.side.beside = false
  game.alone = true
  await game.enter(world, host)
  return start(game)
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
  return start(game)
}
