import type { Workloads } from './acts.ts'
import { parseDuration } from './duration.ts'
import { ContentError } from './errors.ts'
import { inLanguage } from './language.ts'
import { loadScenario, type Scenario } from './load.ts'
import type { Attempt } from './schema.ts'
import { Stage, type Verdict } from './stage.ts'
import { faultOf, trapsOf } from './traps.ts'

/** One thing that was proved, or not. */
export interface Finding {
  readonly ok: boolean
  readonly what: string
  /** file:line of what failed. */
  readonly where?: string
  readonly why?: string
}

export interface Proof {
  readonly id: string
  readonly ok: boolean
  readonly findings: readonly Finding[]
}

const DEFAULT_TIMEOUT_MS = 120_000

/** Does what an attempt says, as the player would, then lets the cluster settle. */
export function carryOut(stage: Stage, steps: readonly Attempt[]): void {
  for (const step of steps) {
    if (typeof step === 'string') stage.world.run(step, { timeoutMs: DEFAULT_TIMEOUT_MS })
    else if ('wait' in step) stage.world.advance(parseDuration(step.wait))
    else
      stage.world.run(step.run, {
        host: step.on,
        timeoutMs: step.timeout ? parseDuration(step.timeout) : DEFAULT_TIMEOUT_MS,
      })
  }
  stage.world.advance(parseDuration(stage.scenario.settle))
}

/**
 * Proves one scenario file: broken as it says at the start, solved by its solution and by every other honest fix, not
 * solved by any decoy, deterministic, and its briefing gives nothing away.
 */
export function prove(file: string, content: string, workloads: Workloads, seed?: number): Proof {
  const findings: Finding[] = []
  let scenario: Scenario
  try {
    scenario = loadScenario(file, content, seed)
  } catch (error) {
    if (!(error instanceof ContentError)) throw error
    return { id: file, ok: false, findings: [failure('loads', error)] }
  }
  const at = (key: string): string => `${file}:${scenario.lines.get(key) ?? 1}`
  const note = (ok: boolean, what: string, key: string, why: string): void => {
    findings.push(ok ? { ok, what } : { ok, what, where: at(key), why })
  }
  const fresh = (): Stage => new Stage(scenario, workloads, seed)
  const unmet = (v: Verdict): string =>
    [
      ...v.objectives.filter((o) => !o.met).map((o) => o.id),
      ...v.kept.flatMap((k, i) => (k ? [] : [`keep.${i}`])),
    ].join(', ')
  try {
    spoilers(scenario, note)
    traps(scenario, note)
    const broken = fresh()
    for (const [i, s] of scenario.symptoms.entries())
      note(
        broken.holds(s),
        `symptom ${i + 1} shows`,
        `symptoms.${i}`,
        `the stated symptom is not there: ${JSON.stringify(s)}`,
      )
    const start = fresh().check()
    for (const [i, o] of start.objectives.entries())
      note(!o.met, `objective "${o.id}" is unmet at the start`, `goals.${i}`, 'it is already met')
    const solve = (steps: readonly Attempt[], what: string, key: string): string => {
      const stage = fresh()
      carryOut(stage, steps)
      const verdict = stage.check()
      note(verdict.solved, what, key, `not solved: ${unmet(verdict)}`)
      return stage.world.fingerprint()
    }
    const first = solve(scenario.solution, 'solved by its solution', 'solution')
    const again = fresh()
    carryOut(again, scenario.solution)
    again.check()
    note(
      again.world.fingerprint() === first,
      'same seed, same journal',
      'solution',
      'two runs with the same seed differ',
    )
    for (const [i, f] of scenario.fixes?.entries() ?? [])
      solve(f.run, `solved by "${inLanguage(f.name, 'en')}"`, `fixes.${i}`)
    scenario.decoys?.forEach((d, i) => {
      const stage = fresh()
      carryOut(stage, d.run)
      note(
        !stage.check().solved,
        `not solved by decoy ${i + 1}`,
        `decoys.${i}`,
        `a wrong fix passes: ${inLanguage(d.why, 'en')}`,
      )
    })
  } catch (error) {
    if (!(error instanceof ContentError)) throw error
    findings.push(failure('can be set up', error))
  }
  return { id: scenario.id, ok: findings.every((f) => f.ok), findings }
}

/** A content error as a finding. */
export const failure = (what: string, error: ContentError): Finding => ({
  ok: false,
  what,
  where: `${error.file}:${error.line}:${error.column}`,
  why: error.problem + (error.remedy ? ` (${error.remedy})` : ''),
})

type Note = (ok: boolean, what: string, key: string, why: string) => void

function traps(scenario: Scenario, note: Note): void {
  for (const trap of trapsOf(scenario)) {
    const what = `trap "${inLanguage(trap.name, 'en')}" catches its own way, and no honest one`
    const fault = faultOf(trap, scenario)
    note(fault === undefined, what, `decoys.${scenario.decoys!.indexOf(trap)}`, fault ?? '')
  }
}

function spoilers(scenario: Scenario, note: Note): void {
  for (const language of ['en', 'fr'] as const) {
    const shown = [scenario.brief, scenario.title, ...scenario.goals.map((g) => g.say)].map((t) =>
      inLanguage(t, language).toLowerCase(),
    )
    const told = (scenario.spoilers ?? []).filter((word) => shown.some((t) => t.includes(word.toLowerCase())))
    note(told.length === 0, `the briefing gives nothing away (${language})`, 'brief', `it names ${told.join(', ')}`)
  }
}
