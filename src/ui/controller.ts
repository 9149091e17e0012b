import { createActor, type SnapshotFrom } from 'xstate'
import { createWorld, type World } from '../cluster/index.ts'
import {
  appMachine,
  type Input,
  Mission,
  PlaySession,
  type Progress,
  type Settings,
  withAttempt,
} from '../game/index.ts'
import { ContentError, type Scenario, Stage } from '../scenario/index.ts'
import { type Language, languageOf } from '../serve/language.ts'
import { findScenario, type ScenarioFile, scenarioFiles, workloads } from '../serve/scenarios.ts'
import { loadProgress, loadSettings, RunLog, type SavedRun, saveProgress, saveSettings } from '../serve/storage.ts'
import { EditLine, type Key } from '../shell/index.ts'
import { PANEL_WIDTH, WIDE } from './layout.ts'
import { Scrollback } from './scrollback.ts'

/** Real ms between looks at the clock while something runs, and while the player thinks. */
const BUSY_TICK = 40
const IDLE_TICK = 250
/** Real ms that one look may spend on simulating; what is left is done at the next. */
const BUDGET = 25
/** Virtual ms that skipping ahead covers at most. */
const SKIP_LIMIT = 600_000
/** The log notes the time this often (virtual ms), so that a killed game loses little. */
const HEARTBEAT = 5_000

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
  readonly scenarios: readonly ScenarioFile[]
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
  chosen: Scenario | undefined
  readonly troubles: string[] = []
  saved: SavedRun | undefined
  skipping = false
  /** What is being loaded is a replay. */
  resuming = false
  /** Ctrl-O was pressed: the next letter is the game's. */
  prefix = false
  readonly nav: Nav = { menu: 0, setting: 0, offset: 0, last: 0, search: new EditLine(), searching: false }
  columns = 80
  rows = 24
  private readonly log: RunLog
  private timer: NodeJS.Timeout | undefined
  private lastReal = 0
  private lastBeat = 0
  private version = 0
  private readonly listeners = new Set<() => void>()
  onQuit: () => void = () => {}
  /** Told of everything that is written to the player's terminal. */
  onText: (text: string) => void = () => {}

  constructor(private readonly flag: string | undefined) {
    const trouble = (message: string): void => {
      this.troubles.push(message)
      this.changed()
    }
    this.settings = loadSettings(trouble)
    this.progress = loadProgress(trouble)
    this.log = new RunLog(trouble)
    this.scenarios = scenarioFiles()
    this.saved = this.log.load()
    let place = ''
    this.actor.subscribe(({ value }) => {
      const now = JSON.stringify(value)
      if (now !== place) this.nav.offset = this.nav.last = 0
      place = now
      this.changed()
    })
    this.actor.start()
  }

  get language(): Language {
    const own = this.settings.language
    return languageOf(this.flag ?? (own === 'auto' ? undefined : own), process.env)
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

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  getVersion = (): number => this.version

  changed(): void {
    this.version++
    for (const listener of this.listeners) listener()
  }

  send(event: Parameters<typeof this.actor.send>[0]): void {
    this.actor.send(event)
  }

  /** A scenario was chosen in the menu. */
  open(scenario: Scenario): void {
    this.chosen = scenario
    this.send({ type: 'open' })
  }

  /** Sets the machines up after the loading screen has been drawn. */
  begin(kind: 'mission' | 'resume' | 'sandbox' | 'restart'): void {
    this.resuming = kind === 'resume'
    if (kind === 'mission') this.send({ type: 'start' })
    else if (kind === 'restart') this.send({ type: 'restart' })
    else this.send({ type: kind })
    this.stopClock()
    setTimeout(() => {
      try {
        this.setUp(kind)
      } catch (error) {
        // A log that cannot be replayed must not keep the player from the other missions.
        if (!(error instanceof ContentError) && kind !== 'resume') throw error
        this.troubles.push((error as Error).message)
        this.session = undefined
        this.mission = undefined
        this.send({ type: 'back' })
      }
    }, 30)
  }

  private setUp(kind: 'mission' | 'resume' | 'sandbox' | 'restart'): void {
    this.scrollback = new Scrollback()
    this.scrolled = 0
    this.mission = undefined
    if (kind === 'sandbox') {
      this.attach(new PlaySession(createWorld()))
    } else {
      const saved = kind === 'resume' ? this.saved : undefined
      const scenario = saved ? findScenario(saved.scenario, saved.seed)?.scenario : this.chosen
      if (!scenario) {
        this.log.end()
        this.saved = undefined
        this.send({ type: 'back' })
        return
      }
      this.chosen = scenario
      const seed = saved?.seed ?? scenario.seed
      this.mission = new Mission(new Stage(scenario, workloads, seed))
      this.attach(this.mission.session)
      if (saved) {
        for (const input of saved.inputs) this.mission.apply(input)
        this.log.resume(saved)
      } else this.log.begin(scenario.id, seed)
      this.mission.start()
    }
    this.saved = undefined
    this.applySize()
    this.send({ type: 'ready' })
    if (this.mission?.state === 'solved') this.finish()
    this.startClock()
  }

  /** Uses a world that somebody else has made (`notready sandbox` on a terminal). */
  enter(world: World, host: string | undefined): void {
    this.send({ type: 'sandbox' })
    this.attach(new PlaySession(world, host))
    this.applySize()
    this.send({ type: 'ready' })
    this.startClock()
  }

  private attach(session: PlaySession): void {
    this.session = session
    session.tty.onOutput = (text) => {
      this.scrollback.write(text)
      this.onText(text)
      this.scrolled = 0
    }
  }

  private input(input: Input): void {
    if (this.mission) {
      this.log.append(input)
      this.mission.apply(input)
    } else if (this.session) {
      this.session.runUntil(input.at)
      if ('key' in input) this.session.press(input.key)
      else if ('size' in input) this.session.resize(...input.size)
    }
    this.changed()
  }

  private now(): number {
    return this.session!.world.now()
  }

  press(key: Key): void {
    if (!this.session) return
    this.input({ at: this.now(), key })
    this.wake()
  }

  /** The terminal pane's size, in cells. */
  private pane: readonly [number, number] = [80, 22]

  /** The window's size; the terminal pane follows. */
  resize(columns: number, rows: number): void {
    this.columns = columns
    this.rows = rows
    this.layOut()
  }

  layOut(): void {
    const wide = this.columns >= WIDE && this.panel
    this.setPane(Math.max(1, wide ? this.columns - PANEL_WIDTH : this.columns), Math.max(1, this.rows - 2))
    this.changed()
  }

  private setPane(cols: number, rows: number): void {
    if (cols === this.pane[0] && rows === this.pane[1]) return
    this.pane = [cols, rows]
    this.applySize()
  }

  private applySize(): void {
    if (this.session) this.input({ at: this.now(), size: this.pane })
  }

  showHint(): void {
    this.input({ at: this.now(), hint: true })
  }

  check(): void {
    if (!this.mission) return
    this.input({ at: this.now(), check: true })
    if (this.mission.state === 'solved') this.finish()
    else this.send({ type: 'show', what: 'verdict' })
  }

  private finish(): void {
    const { mission } = this
    if (!mission) return
    this.stopClock()
    this.progress = withAttempt(this.progress, mission.scenario.id, {
      points: mission.points,
      seconds: mission.seconds,
    })
    saveProgress(this.progress, (m) => this.troubles.push(m))
    this.log.end()
    this.send({ type: 'solved' })
  }

  /** Leaves the mission; it can be resumed. */
  leave(): void {
    this.stopClock()
    if (this.mission) this.saved = this.log.load()
    this.nav.menu = 0
    this.session = undefined
    this.mission = undefined
    this.send({ type: 'leave' })
  }

  set(change: Partial<Settings>): void {
    this.settings = { ...this.settings, ...change }
    saveSettings(this.settings, (m) => this.troubles.push(m))
    this.changed()
  }

  scroll(by: number): void {
    this.scrolled = Math.max(0, this.scrolled + by)
    this.changed()
  }

  /** Lets time pass at once until the running command ends. */
  skip(): void {
    const { session } = this
    if (!session?.busy || this.skipping) return
    this.skipping = true
    const limit = this.now() + SKIP_LIMIT
    const go = (): void => {
      const { kernel } = session.world
      const until = performance.now() + BUDGET
      while (session.busy && kernel.now() < limit && performance.now() < until) if (!kernel.step(limit)) break
      this.changed()
      if (session.busy && kernel.now() < limit && this.session === session && this.skipping) setImmediate(go)
      else {
        this.skipping = false
        this.lastReal = performance.now()
        this.beat()
        this.changed()
      }
    }
    go()
  }

  private beat(): void {
    if (this.mission) this.log.append({ at: this.now(), time: true })
    this.lastBeat = this.now()
  }

  private startClock(): void {
    this.stopClock()
    this.lastReal = performance.now()
    this.lastBeat = this.now()
    this.tick()
  }

  private stopClock(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    this.skipping = false
  }

  /** Something was typed: look at the clock soon. */
  private wake(): void {
    if (!this.timer || this.skipping) return
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.tick(), 5)
  }

  private tick(): void {
    const { session } = this
    if (!session) return
    const real = performance.now()
    if (!this.skipping) {
      const { kernel } = session.world
      const target = kernel.now() + Math.min(real - this.lastReal, 1000) * this.settings.speed
      const until = real + BUDGET
      while (performance.now() < until && kernel.step(target));
      if ((kernel.nextAt() ?? Number.POSITIVE_INFINITY) > target) session.runUntil(target)
      this.lastReal = real
      if (kernel.now() - this.lastBeat > HEARTBEAT) this.beat()
      this.changed()
    }
    this.timer = setTimeout(() => this.tick(), session.busy || session.tty.frame ? BUSY_TICK : IDLE_TICK)
  }

  quit(): void {
    this.stopClock()
    this.onQuit()
  }
}
