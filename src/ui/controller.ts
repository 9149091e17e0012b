import { homedir } from 'node:os'
import { createActor, type SnapshotFrom } from 'xstate'
import type { World } from '../cluster/index.ts'
import { appMachine } from '../game/app.machine.ts'
import type { MissionCard } from '../game/card.ts'
import type { Mission, PlaySession } from '../game/index.ts'
import type { Input } from '../game/input.ts'
import { type Progress, type Settings, SPEEDS, withDiagnosis, withRepair } from '../game/progress.ts'
import type { Recording } from '../scenario/index.ts'
import type { Language } from '../scenario/language.ts'
import { languageOf } from '../serve/language.ts'
import type { MissionFile } from '../serve/missions.ts'
import { RunLog, type SavedRun } from '../serve/run-log.ts'
import { load, PROGRESS, type Problem, SETTINGS, update } from '../serve/storage.ts'
import type { Key } from '../shell/tty/key.ts'
import { DocsDesk } from './docs/desk.ts'
import { Drill } from './drill/drill.ts'
import { Entrance, type Start } from './entrance.ts'
import { ExamDesk } from './exam/desk.ts'
import { GameClock } from './game-clock.ts'
import { paneSize } from './layout.ts'
import { Desk } from './lessons/desk.ts'
import type { MachineView } from './machines.ts'
import { newNav } from './nav.ts'
import { Past } from './past.ts'
import type { Practice, PracticeEnd } from './practice.ts'
import type { Wanted } from './preparation.ts'
import { SidePanel } from './side-panel.ts'
import { type Standing, standingOn } from './standing.ts'
import type { UiText } from './text.ts'
import { causeOf } from './trouble.ts'

/** Everything that the screens show and the keys do. React only draws it. */
export class Controller {
  private readonly actor = createActor(appMachine)
  progress: Progress
  settings: Settings
  /** How fast time goes in what is played; each begins as fast as the settings say. */
  speed: Settings['speed'] = 1
  mission: Mission | undefined
  /** The player at the keyboard: a mission's, or the sandbox's. */
  session: PlaySession | undefined
  readonly past = new Past()
  readonly side = new SidePanel(this)
  chosen: MissionCard | undefined
  /** File of a scenario that is not one of the package's. */
  private chosenFile: string | undefined
  /** What went wrong outside the simulation, in the player's language when it is shown. */
  readonly troubles: ((t: UiText) => string)[] = []
  /** Something could not be written: the player should know before leaving. */
  unsaved = false
  /** The mission that was left, without its log. */
  saved: Omit<SavedRun, 'inputs'> | undefined
  /** What the menu says of drills and exams. */
  standing: Standing = { due: undefined, exams: undefined }
  /** Ctrl-O was pressed: the next letter is the game's. */
  prefix = false
  readonly nav = newNav()
  columns = 80
  rows = 24
  readonly clock = new GameClock(this)
  readonly desk = new Desk(this)
  readonly drill = new Drill(this)
  readonly exam = new ExamDesk(this)
  readonly docs = new DocsDesk(this)
  /** What is played instead of a mission, on the same screen. */
  practice: Practice | undefined
  /** What is done in the sandbox becomes a scenario. */
  recording: Recording | undefined
  /** There is no menu behind it: leaving ends the program. */
  alone = false
  readonly log: RunLog
  readonly entrance = new Entrance(this)
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
    this.settings = load(SETTINGS, this.tellOf)
    this.progress = load(PROGRESS, this.trouble)
    this.log = new RunLog(this.trouble)
    this.saved = this.log.peek()
    this.exam.look()
    let place = ''
    this.actor.subscribe(({ value }) => {
      const now = JSON.stringify(value)
      if (now !== place) this.arrived(value)
      place = now
      this.changed()
    })
    this.actor.start()
  }

  /** Another screen is shown, at its top. */
  private arrived(screen: unknown): void {
    this.nav.offset = this.nav.last = 0
    if (screen === 'menu') this.standing = standingOn(this.drill.today(), this.trouble)
  }

  /** A problem with what the player has reached. */
  readonly trouble = (problem: Problem): void => {
    if (problem.kind === 'unwritable' || problem.kind === 'busy') this.unsaved = true
    this.tellOf(problem)
  }

  private readonly tellOf = ({ kind, path, why }: Problem): void => {
    this.troubles.push((t) => t.problems[kind](path.replace(homedir(), '~'), causeOf(why, t)))
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
    if (typeof value === 'string') return { screen: value, overlay: value === 'exam' ? this.exam.overlay : undefined }
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
    this.choose(card, file)
    this.send({ type: 'open' })
    this.entrance.ahead()
  }

  /** Which mission the briefing is about; `file` when it is not one of the package's. */
  choose(card: MissionCard, file: string | undefined): void {
    this.chosen = card
    this.chosenFile = file
  }

  /** The mission that was left, when playing the one of the briefing ends it. */
  get replaced(): MissionCard | undefined {
    const left = this.card(this.saved?.scenario)
    return left?.id === this.chosen?.id ? undefined : left
  }

  /** The mission whose briefing is shown is the one that was left. */
  get resumable(): boolean {
    return this.saved !== undefined && this.saved.scenario === (this.chosenFile ?? this.chosen?.id)
  }

  /** Goes to the loading screen and sets the machines up behind it. */
  begin(kind: Start): void {
    if (kind !== 'exercise' && kind !== 'restart') this.practice = undefined
    if (kind === 'mission') this.send({ type: 'start' })
    else this.send({ type: kind })
    this.clock.stop()
    this.session = undefined
    this.mission = undefined
    this.entrance.begin(kind)
  }

  /** Goes to something small that is to be played. */
  practise(practice: Practice): void {
    this.practice = practice
    this.begin('exercise')
  }

  /** What the briefing on the screen is about, or what is played instead of a mission. */
  get wanted(): Wanted | undefined {
    if (this.practice) return this.practice.wanted
    const name = this.chosenFile ?? this.chosen?.id
    return name === undefined ? undefined : { name, seed: this.chosen?.seed }
  }

  /** Nothing can be played, and the next screen says why. */
  turnedAway(why: (t: UiText) => string): void {
    this.troubles.push(why)
    if (this.practice) return this.endPractice('failed')
    this.putAway()
    this.send({ type: 'back' })
  }

  /** Everything is set up. */
  enterPlay(): void {
    const { practice, mission } = this
    if (!practice) this.saved = undefined
    const head = mission && practice?.head?.(mission)
    if (head) this.past.scrollback.write(head)
    this.applySize()
    this.send({ type: 'ready' })
    if (this.mission?.state === 'solved') return this.finish()
    this.clock.start()
    if (practice && !head) this.send({ type: 'show', what: 'briefing' })
    practice?.entered?.()
  }

  /** Stops loading; a mission that was left stays as it was. */
  cancelLoading(): void {
    this.entrance.cancel()
    if (this.practice) return this.endPractice('cancelled')
    this.putAway()
    this.send({ type: 'back' })
  }

  /** No mission is played any more; what was left can be gone on with, in another game too. */
  private putAway(): void {
    this.session = undefined
    this.mission = undefined
    this.log.close()
    this.saved = this.log.peek()
  }

  /** Uses a world that somebody else has made (`notready sandbox` on a terminal). */
  async enter(world: World, host: string | undefined): Promise<void> {
    const { PlaySession } = await this.entrance.load()
    this.send({ type: 'sandbox' })
    this.attach(new PlaySession(world, host))
    this.applySize()
    this.send({ type: 'ready' })
    this.clock.start()
  }

  /** Somebody is at the keyboard. */
  attach(session: PlaySession): void {
    this.session = session
    this.speed = this.settings.speed
    session.tty.onOutput = (text) => {
      this.past.write(text, this.pane[0])
      this.onText(text)
    }
  }

  /** Keeps what was done in a mission; what is only practised leaves no trace. */
  private note(input: Input): void {
    if (this.mission && !this.practice) this.log.append(input)
  }

  private input(input: Input): void {
    this.note(input)
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
      if (this.practice) this.endPractice('failed')
      else this.leave()
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
    if (this.mission) this.note({ at: this.now(), time: true })
  }

  /** Everything that can be seen of the machines without touching them. */
  machines(): MachineView[] {
    return this.session ? (this.entrance.engine?.machines(this.session.world) ?? []) : []
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
      if (this.place.screen === 'playing') this.applySize()
      else this.exam.applySize()
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
    if (this.recording) {
      this.recording.broken()
      return this.changed()
    }
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
    if (this.practice) return this.endPractice('done')
    const { points, seconds, hintsShown: hints, failedChecks: checks, scenario, session } = mission
    const at = new Date().toISOString()
    const run = { mission: scenario.id, seed: session.world.seed, at, seconds, points, hints, checks, diagnosed: false }
    this.keep((progress) => withRepair(progress, run))
    this.log.end()
    // The debrief names the lessons about it.
    void this.desk.reader.load()
    this.nav.cause = 0
    this.send({ type: mission.causes.length > 0 ? 'ask' : 'solved' })
  }

  /** The player names the cause, or would rather not. */
  diagnose(answer: number | undefined): void {
    const { mission } = this
    if (!mission) return
    mission.diagnosis = answer === undefined ? undefined : mission.causes[answer]
    if (mission.diagnosis?.right) this.keep((progress) => withDiagnosis(progress, mission.scenario.id))
    this.send({ type: 'answered' })
  }

  /** What is practised is over, one way or the other. */
  endPractice(how: PracticeEnd): void {
    const { practice, mission } = this
    this.clock.stop()
    this.practice = undefined
    this.session = undefined
    this.mission = undefined
    practice?.ended(how, mission)
  }

  /** Writes down what the player has reached. */
  keep(change: (progress: Progress) => Progress): void {
    this.progress = update(PROGRESS, this.progress, change, this.trouble).value
  }

  /** Leaves the mission; it can be resumed. */
  leave(): void {
    this.clock.stop()
    if (this.practice) return this.endPractice('left')
    if (this.mission) this.beat()
    if (this.alone) return this.onQuit()
    this.nav.menu = 0
    this.putAway()
    this.send({ type: 'leave' })
  }

  set(change: Partial<Settings>): void {
    // Who changes the language wants it, whatever the command line said.
    if (change.language !== undefined) this.flag = undefined
    if (change.speed !== undefined) this.speed = change.speed
    this.settings = { ...this.settings, ...change }
    update(SETTINGS, this.settings, (settings) => ({ ...settings, ...change }), this.tellOf)
    this.changed()
  }

  /** The next speed of time, for what is being played: at ×10 the next mission's time would be gone before it is noticed. */
  faster(): void {
    this.speed = SPEEDS[(SPEEDS.indexOf(this.speed) + 1) % SPEEDS.length]
    this.changed()
  }

  /** Scrolls the terminal pane back by so many rows, no further than there are. */
  scroll(by: number): void {
    this.past.scroll(by, this.pane)
    this.changed()
    this.touched()
  }

  quit(): void {
    this.clock.stop()
    if (this.mission) this.beat()
    this.log.close()
    this.exam.stop()
    this.onQuit()
  }
}
