import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createWorld } from '../../src/cluster/index.ts'
import type { Group } from './case.ts'
import { kubectlFeatures, kubectlGroups, LEFT_OUT } from './kubectl.ts'
import { TOOL_LEFT_OUT, toolFeatures, toolGroups } from './tools.ts'

/**
 * `npm run coverage [-- --verbose] [FEATURE…]`: runs a realistic line for every feature that exercises need and names
 * those that are not there. It judges whether a thing is there, not whether its words are right: the recordings do that.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { verbose: { type: 'boolean', short: 'v' } },
})
const wanted = (feature: string): boolean => positionals.length === 0 || positionals.some((p) => feature.startsWith(p))

/** What a line says when something that it needs is missing. */
const MISSING =
  /.*(not simulated|unknown (shorthand )?flag|unknown command|unknown option|unrecognized option|invalid option|command not found|executable file not found|simulation fail|ErrImagePull|ImagePullBackOff).*/

const file = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../test/coverage/${name}`, import.meta.url)), 'utf8')

interface Failure {
  readonly feature: string
  readonly line: string
  readonly why: string
}

function play(group: Group): Failure[] {
  const cases = group.cases.filter((c) => c.features.some(wanted))
  if (cases.length === 0) return []
  const world = createWorld({ cluster: group.cluster })
  for (const name of ['objects.yaml', 'custom-objects.yaml']) world.write(`/tmp/${name}`, file(name))
  world.run(group.before)
  return cases.flatMap(({ features, line }) => {
    let why: string | undefined
    try {
      const { stdout, stderr } = world.run(line, { timeoutMs: 600_000 })
      if (values.verbose) console.log(`$ ${line}\n${stdout}${stderr}`)
      why = MISSING.exec(stderr)?.[0] ?? MISSING.exec(stdout)?.[0]
    } catch (error) {
      why = `made the simulation fail: ${(error as Error).stack?.split('\n').slice(0, 3).join(' ')}`
      world.forgetSessions()
    }
    return why === undefined ? [] : features.filter(wanted).map((feature) => ({ feature, line, why }))
  })
}

const groups = [...kubectlGroups(), ...toolGroups()]
const needed = { ...kubectlFeatures(), ...toolFeatures() }
const leftOut = { ...LEFT_OUT, ...TOOL_LEFT_OUT }
const failures = groups.flatMap(play).sort((a, b) => needed[b.feature] - needed[a.feature])
const tried = new Set(groups.flatMap((g) => g.cases.flatMap((c) => c.features)))
for (const { feature, line, why } of failures)
  console.log(`${String(needed[feature]).padStart(5)}  ${feature}\n         $ ${line.split('\n')[0]}\n         ${why}`)
const untried = Object.keys(needed).filter((f) => !tried.has(f) && !leftOut[f])
if (untried.length > 0) console.log(`without a line: ${untried.join(', ')}`)
const failed = new Set(failures.map((f) => f.feature))
const sum = (names: readonly string[]): number => names.reduce((n, name) => n + needed[name], 0)
const there = Object.keys(needed).filter((f) => wanted(f) && tried.has(f) && !failed.has(f))
const all = Object.keys(needed).filter(wanted)
const out = all.filter((f) => leftOut[f])
const share = (part: number, whole: number): string => `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`
console.log(
  `${there.length} of ${all.length} features (${share(there.length, all.length)}), ${share(sum(there), sum(all))} of their uses; ` +
    `${out.length} left out on purpose (${share(sum(out), sum(all))} of uses), ${failed.size} missing, ${untried.length} without a line`,
)
process.exitCode = failed.size > 0 ? 1 : 0
