import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { knownDifferences } from './known.ts'
import { lineDiff } from './line-diff.ts'
import { normalise } from './normalise.ts'
import { AREAS, type Recording, recordings } from './recording.ts'
import { replay, type StepResult } from './replay.ts'

/** `npm run recordings [-- TOPIC… --verbose]`: replays recordings and prints a table by topic. Nothing it does changes an expectation. */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    verbose: { type: 'boolean', short: 'v' },
    root: { type: 'string' },
    full: { type: 'boolean' },
    diff: { type: 'boolean' },
    seed: { type: 'string' },
  },
})
const root = values.root ?? fileURLToPath(new URL('../test/recordings', import.meta.url))
const wanted = (r: Recording): boolean =>
  positionals.length === 0 ||
  positionals.some((p) => r.area === p || r.topic.startsWith(p) || `${r.area}/${r.topic}`.startsWith(p))

/** Steps that differ for a known reason, by kind of reason; `unexplained` for the others. */
const explained = new Map<string, Map<string, number>>()
const totals = new Map<string, { steps: number; equal: number; leftOut: number }>()
for (const area of AREAS) {
  const known = knownDifferences(root, area)
  for (const recording of recordings(root, area).filter(wanted)) {
    const started = performance.now()
    let results: StepResult[]
    try {
      results = replay(recording, Number(values.seed ?? 1))
    } catch (error) {
      console.log(
        `${area}/${recording.topic}: could not be replayed: ${(error as Error).stack} ${((error as Error).cause as Error)?.stack ?? ''}`,
      )
      results = recording.steps.map((step) => ({ step, verdict: 'different', why: 'not replayed' }))
    }
    const count = (v: string): number => results.filter((r) => r.verdict === v).length
    const sum = totals.get(area) ?? { steps: 0, equal: 0, leftOut: 0 }
    sum.steps += results.length
    sum.equal += count('equal')
    sum.leftOut += count('left-out')
    totals.set(area, sum)
    const reason = (r: StepResult) => known(recording.topic, results.indexOf(r))
    const differing = results.filter((r) => r.verdict === 'different')
    const kinds = explained.get(area) ?? new Map<string, number>()
    explained.set(area, kinds)
    for (const r of differing) {
      const kind = reason(r)?.kind ?? 'unexplained'
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
    }
    const first = differing.find((r) => !reason(r)) ?? differing[0]
    const ms = Math.round(performance.now() - started)
    console.log(
      `${`${area}/${recording.topic}`.padEnd(44)} ${String(count('equal')).padStart(4)}/${String(results.length - count('left-out')).padEnd(4)} ${String(ms).padStart(6)} ms  ${first && !values.verbose ? `${differing.filter(reason).length ? `${differing.filter(reason).length} known; ` : ''}${first.step.cmd.split('\n')[0].slice(0, 60)} → ${reason(first)?.reason.slice(0, 120) ?? first.why?.slice(0, 120)}` : ''}`,
    )
    if (values.verbose)
      for (const r of differing) {
        const why = reason(r)
        console.log(`  [${results.indexOf(r)}] $ ${r.step.cmd.split('\n').join('\n    ')}\n    ${r.why}`)
        if (why) console.log(`    known (${why.kind}): ${why.reason}`)
        if (values.diff && r.actual)
          for (const stream of ['stdout', 'stderr'] as const)
            for (const line of lineDiff(normalise(r.step[stream]).split('\n'), normalise(r.actual[stream]).split('\n')))
              console.log(`      ${line}`)
        if (values.full && r.actual)
          console.log(
            `--- want (exit ${r.step.exit})\n${r.step.stdout}${r.step.stderr}--- have (exit ${r.actual.exit})\n${r.actual.stdout}${r.actual.stderr}`,
          )
      }
  }
}
for (const [area, { steps, equal, leftOut }] of totals) {
  const compared = steps - leftOut
  console.log(
    `${area}: ${equal} of ${compared} steps equal (${((100 * equal) / Math.max(1, compared)).toFixed(1)} %), ${leftOut} not compared`,
  )
  const kinds = [...explained.get(area)!].map(([kind, n]) => `${n} ${kind}`)
  if (kinds.length > 0) console.log(`${' '.repeat(area.length)}  different: ${kinds.join(', ')}`)
}
