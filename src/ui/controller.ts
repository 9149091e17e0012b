import { homedir } from 'node:os'
import { createActor, type SnapshotFrom } from 'xstate'
import type { World } from '../cluster/index.ts'
import { appMachine } from '../game/app.machine.ts'
import type { MissionCard } from '../game/card.ts'
import type { Mission, PlaySession } from '../game/index.ts'
import type { Input } from '../game/input.ts'
import { type Progress, type Settings, SPEEDS, withAttempt } from '../game/progress.ts'
import { ContentError } from '../scenario/errors.ts'
import { type Language, languageOf } from '../serve/language.ts'
import { lesson } from '../serve/lessons.ts'
import type { MissionFile } from '../serve/missions.ts'
import {
  loadProgress,
  loadSettings,
  type Problem,
  RunLog,
  type SavedRun,
  saveProgress,
  saveSettings,
} from '../serve/storage.ts'
import { EditLine } from '../shell/tty/edit-line.ts'
import type { Key } from '../shell/tty/key.ts'
import { GameClock } from './game-clock.ts'
import { paneSize, WIDE } from './layout.ts'
import type { MachineView } from './machines.ts'
import { Scrollback } from './scrollback.ts'
import type { UiText } from './text.ts'

type Engine = typeof import('./engine.ts')
export type Start = 'mission' | 'resume' | 'sandbox' | 'restart'

/** Where the player stands in lists and texts. Plain data, because typed-ahead keys come before React has drawn. */
export interface Nav {
  menu: number
  setting: number
  /** First line shown of a text that scrolls. */
  offset: number
  /** The furthest it can go; noted when it is drawn. */
  last: number
  readonly search: EditLine
  searching: boolean
}

/** Everything that the screens show and the keys do. React only draws it. */
export class Controller {
  private readonly actor = createActor(appMachine)
  progress: Progress
  settings: Settings
  mission: Mission | undefined
  /** The player at the keyboard: a mission's, or the sandbox's. */
  session: PlaySession | undefined
  scrollback = new Scrollback()
  /** Rows that the player has scrolled up. */
  scrolled = 0
  /** Objectives and machines beside the terminal (wide windows), or instead of it (narrow ones). */
  panel = true
  panelInstead = false
  /** The machines of the panel are shown; only their heading otherwise. */
  mapOpen = true
  chosen: MissionCard | undefined
  /** File of a scenario that is not one of the package's. */
  private chosenFile: string | undefined
  /** What went wrong outside the simulation, in the player's language when it is shown. */
  readonly troubles: ((t: UiText) => string)[] = []
  /** Something could not be written: the player should know before leaving. */
  unsaved = false
  /** The mission that was left, without its log. */
  saved: Omit<SavedRun, 'inputs'> | undefined
  /** What is being loaded is a replay. */
  resuming = false
  /** Ctrl-O was pressed: the next letter is the game's. */
  prefix = false
  readonly nav: Nav = { menu: 0, setting: 0, offset: 0, last: 0, search: new EditLine(), searching: false }
  columns = 80
  rows = 24
  readonly clock = new GameClock(this)
  /** There is no menu behind it: leaving ends the program. */
  alone = false
  private readonly log: RunLog
  private engine: Engine | undefined
  private version = 0
  private readonly listeners = new Set<() => void>()
  private readonly watchers = new Set<() => void>()
  onQuit: () => void = () => {}
  /** Told of everything that is written to the player's terminal. */
  onText: (text: string) => void = () => {}

  constructor(
    private flag: string | undefined,
    readonly missions: readonly MissionFile[] = [],
  ) {
    this.settings = loadSettings(this.trouble)
    this.progress = loadProgress(this.trouble)
    this.log = new RunLog(this.trouble)
    this.saved = this.log.peek()
    let place = ''
    this.actor.subscribe(({ value }) => {
      const now = JSON.stringify(value)
      if (now !== place) this.nav.offset = this.nav.last = 0
      place = now
      this.changed()
    })
    this.actor.start()
  }

  private readonly trouble = ({ kind, path, why }: Problem): void => {
    if (kind === 'unwritable') this.unsaved = true
    this.troubles.push((t) => t.problems[kind](path.replace(homedir(), '~'), why))
    this.changed()
  }

  get language(): Language {
    const own = this.settings.language
    return languageOf(this.flag ?? (own === 'auto' ? undefined : own), process.env)
  }

  /** The player's terminal shows no colours, or shall not. */
  get colourless(): boolean {
    return this.settings.theme === 'mono' || !!process.env.NO_COLOR
  }

  /** Name of the screen, and of what covers the terminal while playing. */
  get place(): { screen: string; overlay: string | undefined } {
    const { value } = this.state
    if (typeof value === 'string') return { screen: value, overlay: undefined }
    const [[screen, overlay]] = Object.entries(value)
    return { screen, overlay: overlay === 'terminal' ? undefined : overlay }
  }

  get state(): SnapshotFrom<typeof appMachine> {
    return this.actor.getSnapshot()
  }

  /** Told when a screen has something new to draw. */
  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Told when the terminal pane may have something new: far more often, and drawn without React. */
  watch(watcher: () => void): () => void {
    this.watchers.add(watcher)
    return () => this.watchers.delete(watcher)
  }

  getVersion = (): number => this.version

  changed(): void {
    this.version++
    for (const listener of this.listeners) listener()
  }

  touched(): void {
    for (const watcher of this.watchers) watcher()
  }

  send(event: Parameters<typeof this.actor.send>[0]): void {
    this.actor.send(event)
  }

  /** The card of a mission, when it is one of the package's. */
  card(id: string | undefined): MissionCard | undefined {
    return this.missions.find((m) => m.card?.id === id)?.card
  }

  /** A mission was chosen: its briefing comes, and behind it what is needed to play it. */
  open(card: MissionCard, file?: string): void {
    this.chosen = card
    this.chosenFile = file
    this.send({ type: 'open' })
    setTimeout(() => void this.load(), 100)
  }

  /** The mission whose briefing is shown is the one that was left. */
  get resumable(): boolean {
    return this.saved !== undefined && this.saved.scenario === (this.chosenFile ?? this.chosen?.id)
  }

  private async load(): Promise<Engine> {
    this.engine ??= await import('./engine.ts')
    return this.engine
  }

  /** Sets the machines up after the loading screen has been drawn. */
  begin(kind: Start): void {
    this.resuming = kind === 'resume'
    if (kind === 'mission') this.send({ type: 'start' })
    else if (kind === 'restart') this.send({ type: 'restart' })
    else this.send({ type: kind })
    this.clock.stop()
    setTimeout(() => void this.prepare(kind), 30)
  }

  private async prepare(kind: Start): Promise<void> {
    try {
      this.setUp(kind, await this.load())
    } catch (error) {
      // A log that cannot be replayed must not keep the player from the other missions.
      if (!(error instanceof ContentError) && kind !== 'resume') throw error
      this.troubles.push(() => (error as Error).message)
      this.session = undefined
      this.mission = undefined
      this.send({ type: 'back' })
    }
  }

  private setUp(kind: Start, { createWorld, findScenario, Mission, PlaySession, Stage, workloads }: Engine): void {
    this.scrollback = new Scrollback()
    this.scrolled = 0
    this.mission = undefined
    if (kind === 'sandbox') {
      const world = createWorld()
      world.endure()
      this.attach(new PlaySession(world))
    } else {
      const saved = kind === 'resume' ? this.log.load() : undefined
      const name = saved ? saved.scenario : (this.chosenFile ?? this.chosen?.id)
      const scenario = name === undefined ? undefined : findScenario(name, saved?.seed ?? this.chosen?.seed)?.scenario
      if (!scenario) {
        this.troubles.push((t) => t.gone(name ?? ''))
        this.saved = undefined
        this.send({ type: 'back' })
        return
      }
      const seed = saved?.seed ?? this.chosen?.seed ?? scenario.seed
      const stage = new Stage(scenario, workloads, seed)
      stage.world.endure()
      this.mission = new Mission(stage)
      this.attach(this.mission.session)
      if (saved) {
        for (const input of saved.inputs) this.mission.apply(input)
        this.log.resume(saved)
      } else this.log.begin(this.chosenFile ?? scenario.id, seed)
      this.mission.start()
    }
    this.saved = undefined
    this.applySize()
    this.send({ type: 'ready' })
    if (this.mission?.state === 'solved') this.finish()
    else this.clock.start()
  }

  /** Uses a world that somebody else has made (`notready sandbox` on a terminal). */
  async enter(world: World, host: string | undefined): Promise<void> {
    const { PlaySession } = await this.load()
    this.send({ type: 'sandbox' })
    this.attach(new PlaySession(world, host))
    this.applySize()
    this.send({ type: 'ready' })
    this.clock.start()
  }

  private attach(session: PlaySession): void {
    this.session = session
    session.tty.onOutput = (text) => {
      const [columns] = this.pane
      const before = this.scrolled > 0 ? this.scrollback.rows(columns).length : 0
      this.scrollback.write(text)
      // Who has scrolled up goes on seeing the same rows.
      if (this.scrolled > 0) this.scrolled += Math.max(0, this.scrollback.rows(columns).length - before)
      this.onText(text)
    }
  }

  private input(input: Input): void {
    if (this.mission) this.log.append(input)
    this.simulate(() => {
      if (this.mission) this.mission.apply(input)
      else if (this.session) {
        this.session.runUntil(input.at)
        if ('key' in input) this.session.press(input.key)
        else if ('size' in input) this.session.resize(...input.size)
      }
    })
  }

  /** Lets the world do something. A mistake in the simulation ends the mission, not the game. */
  simulate(what: () => void): void {
    try {
      what()
    } catch (error) {
      this.troubles.push((t) => t.crashed((error as Error).message))
      this.leave()
    }
  }

  now(): number {
    return this.session!.world.now()
  }

  press(key: Key): void {
    if (!this.session) return
    this.input({ at: this.now(), key })
    this.touched()
    this.clock.wake()
  }

  /** Notes in the log how much time has passed. */
  beat(): void {
    if (this.mission) this.log.append({ at: this.now(), time: true })
  }

  /** Everything that can be seen of the machines without touching them. */
  machines(): MachineView[] {
    return this.session && this.engine ? this.engine.machines(this.session.world) : []
  }

  /** The terminal pane's size, in cells. */
  pane: readonly [columns: number, rows: number] = [80, 22]

  /** The window's size; the terminal pane follows. */
  resize(columns: number, rows: number): void {
    this.columns = columns
    this.rows = rows
    this.layOut()
  }

  layOut(): void {
    const [columns, rows] = paneSize(this)
    if (columns !== this.pane[0] || rows !== this.pane[1]) {
      this.pane = [columns, rows]
      this.applySize()
    }
    this.changed()
  }

  private applySize(): void {
    if (this.session) this.input({ at: this.now(), size: this.pane })
  }

  showHint(): void {
    this.input({ at: this.now(), hint: true })
    this.changed()
  }

  check(): void {
    if (!this.mission) return
    this.input({ at: this.now(), check: true })
    if (!this.mission) return
    if (this.mission.state === 'solved') this.finish()
    else this.send({ type: 'show', what: 'verdict' })
  }

  private finish(): void {
    const { mission } = this
    if (!mission) return
    this.clock.stop()
    this.progress = withAttempt(this.progress, mission.scenario.id, {
      points: mission.points,
      seconds: mission.seconds,
    })
    saveProgress(this.progress, this.trouble)
    this.log.end()
    this.send({ type: 'solved' })
  }

  /** Leaves the mission; it can be resumed. */
  leave(): void {
    this.clock.stop()
    if (this.mission) {
      this.beat()
      this.saved = this.log.peek()
    }
    if (this.alone) return this.onQuit()
    this.nav.menu = 0
    this.session = undefined
    this.mission = undefined
    this.send({ type: 'leave' })
  }

  set(change: Partial<Settings>): void {
    // Who changes the language wants it, whatever the command line said.
    if (change.language !== undefined) this.flag = undefined
    this.settings = { ...this.settings, ...change }
    saveSettings(this.settings, this.trouble)
    this.changed()
  }

  /** The next speed of time. */
  faster(): void {
    this.set({ speed: SPEEDS[(SPEEDS.indexOf(this.settings.speed) + 1) % SPEEDS.length] })
  }

  /** Opens or closes the map; where no panel is to be seen, it comes with the map. */
  toggleMap(): void {
    const seen = this.columns >= WIDE ? this.panel : this.panelInstead
    this.mapOpen = seen ? !this.mapOpen : true
    if (!seen) this.togglePanel()
    else this.changed()
  }

  togglePanel(): void {
    if (this.columns >= WIDE) this.panel = !this.panel
    else this.panelInstead = !this.panelInstead
    this.layOut()
  }

  /** What the mission just solved teaches, as Markdown. */
  lesson(): string | undefined {
    const id = this.mission?.scenario.id
    return id === undefined ? undefined : lesson(id, this.language)
  }

  /** Scrolls the terminal pane back by so many rows, no further than there are. */
  scroll(by: number): void {
    const [columns, rows] = this.pane
    const most = Math.max(0, this.scrollback.rows(columns).length + 1 - rows)
    this.scrolled = Math.max(0, Math.min(most, this.scrolled + by))
    this.changed()
    this.touched()
  }

  quit(): void {
    this.clock.stop()
    if (this.mission) this.beat()
    this.onQuit()
  }
}
