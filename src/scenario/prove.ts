import type { Workloads } from './acts.ts'
import { parseDuration } from './duration.ts'
import { BEGINNING, ContentError } from './errors.ts'
import { inLanguage } from './language.ts'
import { loadScenario, type Scenario } from './load.ts'
import type { Attempt } from './schema.ts'
import { Stage, type Verdict } from './stage.ts'
import { faultOf, trapsOf } from './traps.ts'

/** One thing that was proved, or not. */
export interface Finding {
  readonly ok: boolean
  readonly what: string
  /** file:line:column of what failed. */
  readonly where?: string
  readonly why?: string
}

/** Whether a scenario holds what it promises, and what speaks against it. */
export interface Proof {
  readonly id: string
  readonly ok: boolean
  readonly findings: readonly Finding[]
}

const DEFAULT_TIMEOUT_MS = 120_000

/** Does what an attempt says, as the player would, then lets the cluster settle. */
function carryOut(stage: Stage, steps: readonly Attempt[]): void {
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

/** The verdict after an attempt. */
export function attempted(stage: Stage, steps: readonly Attempt[]): Verdict {
  carryOut(stage, steps)
  return stage.check()
}

/** Where a scenario's claims are tried, each in a fresh world, and noted. */
export class Bench {
  readonly findings: Finding[] = []

  constructor(
    readonly scenario: Scenario,
    private readonly workloads: Workloads,
    private readonly seed: number | undefined,
  ) {}

  /** Notes a claim; `key` says where in the file it stands, `why` what is wrong when it does not hold. */
  note(ok: boolean, what: string, key: string, why: string): void {
    const { file, places } = this.scenario
    this.findings.push(ok ? { ok, what } : { ok, what, where: whereOf(file, places.get(key)), why })
  }

  fresh(): Stage {
    return new Stage(this.scenario, this.workloads, this.seed)
  }

  /** No objective is met before anything was done. */
  isOpen(verdict: Verdict): void {
    for (const [i, o] of verdict.objectives.entries())
      this.note(!o.met, `objective "${o.id}" is unmet at the start`, `goals.${i}`, 'it is already met')
  }

  isSolved(verdict: Verdict, what: string, key: string): void {
    this.note(verdict.solved, what, key, `not solved: ${unmet(verdict)}`)
  }

  /** Every other honest way solves it, and no wrong one. */
  otherWays(): void {
    const { fixes = [], decoys = [] } = this.scenario
    for (const [i, fix] of fixes.entries())
      this.isSolved(this.after(fix.run), `solved by "${inLanguage(fix.name, 'en')}"`, `fixes.${i}`)
    for (const [i, decoy] of decoys.entries()) {
      const why = `a wrong fix passes: ${inLanguage(decoy.why, 'en')}`
      this.note(!this.after(decoy.run).solved, `not solved by decoy ${i + 1}`, `decoys.${i}`, why)
    }
  }

  /** The verdict on an attempt in a fresh world. */
  private after(steps: readonly Attempt[]): Verdict {
    return attempted(this.fresh(), steps)
  }
}

const unmet = (v: Verdict): string =>
  [...v.objectives.filter((o) => !o.met).map((o) => o.id), ...v.kept.flatMap((k, i) => (k ? [] : [`keep.${i}`]))].join(
    ', ',
  )

/** Loads a file and tries its claims; a file with mistakes is a proof that failed. */
export function proveFileBy(
  file: string,
  load: () => Scenario,
  claims: (bench: Bench) => void,
  workloads: Workloads,
  seed: number | undefined,
): Proof {
  let bench: Bench | undefined
  try {
    bench = new Bench(load(), workloads, seed)
    claims(bench)
  } catch (error) {
    if (!(error instanceof ContentError)) throw error
    if (!bench) return { id: file, ok: false, findings: failures('loads', error) }
    bench.findings.push(...failures('can be set up', error))
  }
  const { findings, scenario } = bench
  return { id: scenario.id, ok: findings.every((f) => f.ok), findings }
}

/**
 * Proves one scenario file: broken as it says at the start, solved by its solution and by every other honest fix, not
 * solved by any decoy, deterministic, and its briefing gives nothing away.
 */
export const prove = (file: string, content: string, workloads: Workloads, seed?: number): Proof =>
  proveFileBy(file, () => loadScenario(file, content, seed), missionClaims, workloads, seed)

function missionClaims(bench: Bench): void {
  const { scenario } = bench
  spoilers(bench)
  traps(bench)
  const run = playThrough(bench.fresh())
  for (const [i, shows] of run.symptoms.entries()) {
    const why = `the stated symptom is not there: ${JSON.stringify(scenario.symptoms[i])}`
    bench.note(shows, `symptom ${i + 1} shows`, `symptoms.${i}`, why)
  }
  bench.isOpen(run.atFirst)
  bench.isSolved(run.atLast, 'solved by its solution', 'solution')
  const same = playThrough(bench.fresh()).journal === run.journal
  bench.note(same, 'same seed, same journal', 'solution', 'two runs with the same seed differ')
  bench.otherWays()
}

/** What a player does who knows: asks for the verdict, looks at what is wrong, repairs it, asks again. */
export function playThrough(stage: Stage) {
  const { symptoms, solution } = stage.scenario
  const atFirst = stage.check()
  const shown = symptoms.map((symptom) => stage.holds(symptom))
  const atLast = attempted(stage, solution)
  return { symptoms: shown, atFirst, atLast, journal: stage.world.fingerprint() }
}

/** `file:line:column` */
export const whereOf = (file: string, { line, column } = BEGINNING): string => `${file}:${line}:${column}`

/** The mistakes of a file as findings. */
export const failures = (what: string, error: ContentError): Finding[] =>
  [error, ...error.others].map((e) => ({
    ok: false,
    what,
    where: whereOf(e.file, e),
    why: e.problem + (e.remedy ? ` (${e.remedy})` : ''),
  }))

/** A trap catches its own way, and no honest one. */
export function traps(bench: Bench): void {
  const { scenario } = bench
  for (const trap of trapsOf(scenario)) {
    const what = `trap "${inLanguage(trap.name, 'en')}" catches its own way, and no honest one`
    const fault = faultOf(trap, scenario)
    bench.note(fault === undefined, what, `decoys.${scenario.decoys!.indexOf(trap)}`, fault ?? '')
  }
}

function spoilers(bench: Bench): void {
  const { scenario } = bench
  for (const language of ['en', 'fr'] as const) {
    const shown = [scenario.brief, scenario.title, ...scenario.goals.map((g) => g.say)].map((t) =>
      inLanguage(t, language).toLowerCase(),
    )
    const told = (scenario.spoilers ?? []).filter((word) => shown.some((t) => t.includes(word.toLowerCase())))
    bench.note(
      told.length === 0,
      `the briefing gives nothing away (${language})`,
      'brief',
      `it names ${told.join(', ')}`,
    )
  }
}
