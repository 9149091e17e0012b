import type { Choice } from '../../game/drill/deck.ts'
import type { ReflexResult } from '../../game/drill/reflexes.ts'
import type { Mission } from '../../game/index.ts'
import { clockText } from '../clock.ts'
import type { PracticeEnd } from '../practice.ts'
import type { After, RunDone } from './after.ts'
import type { Drill } from './drill.ts'
import type { Line } from './line.ts'

/** A run of reflexes: one after another, without anything to read in between. */
export class Reflexes implements After {
  private picks: readonly Choice[] = []
  private results: ReflexResult[] = []
  private tasks: Mission['scenario'][] = []
  /** Best times before the run. */
  private before: RunDone['before'] = { best: {}, bestRun: 0 }
  /** The run that has ended. */
  run: RunDone | undefined

  constructor(private readonly drill: Drill) {}

  begin(): void {
    const { drill } = this
    const { runs, best, bestRun } = drill.state.reflexes
    this.picks = drill.library?.reflexRun(drill.tasks, runs) ?? []
    this.results = []
    this.tasks = []
    this.run = undefined
    this.before = { best, bestRun }
    if (this.picks.length > 0) this.play()
  }

  /** Another screen is shown. */
  end(): void {
    this.picks = []
    this.run = undefined
  }

  private play(): void {
    const { drill, picks, results } = this
    const at = results.length
    const { words: t } = drill
    drill.practise(picks[at], {
      words: () => ({
        notYet: drill.words.notYet,
        leave: drill.words.reflexLeave,
        leaveText: drill.words.reflexLeaveText,
        leaveKeys: drill.words.reflexLeaveKeys,
        hintCosts: drill.words.reflexHintCosts,
      }),
      place: `${at + 1}/${picks.length}`,
      before: this.told(results.at(-1), t.lastOne),
      entered: () => drill.prepare(picks[at + 1]),
      ended: (how, mission) => this.ended(picks[at], how, mission),
    })
  }

  /** How long the one before took, above the next. */
  private told(result: ReflexResult | undefined, say: (time: string, par: string) => string): string | undefined {
    return result?.seconds === undefined
      ? undefined
      : say(clockText(result.seconds), clockText(result.task.minutes * 60))
  }

  private ended({ task }: Choice, how: PracticeEnd, mission: Mission | undefined): void {
    const { drill, picks, results } = this
    // A mistake of ours ends the run as the player does: what was done counts.
    if (!mission || how === 'failed' || how === 'cancelled') return this.finish()
    const seconds = how === 'done' ? mission.seconds : undefined
    const result: ReflexResult = { task, seconds, hints: mission.hintsShown }
    results.push(result)
    this.tasks.push(mission.scenario)
    const library = drill.library!
    drill.keep((state) => library.withReflex(state, result, drill.today()))
    if (results.length < picks.length) return this.play()
    drill.keep((state) => library.withRun(state, results))
    this.finish()
  }

  private finish(): void {
    const { drill, results, before, picks } = this
    if (results.length === 0) return drill.show()
    this.run = { results, tasks: this.tasks, before, whole: results.length === picks.length }
    drill.game.send({ type: 'drilled' })
  }
  readonly about = ''

  get title(): string {
    return this.drill.words.runTitle
  }

  get keys(): string {
    return this.drill.words.lastKeys
  }

  lines(width: number): Line[] {
    const { library, game } = this.drill
    return (this.run && library?.runLines(this.run, game.language, width)) ?? []
  }

  goOn(): boolean {
    return false
  }
}
