import type { Scenario } from './load.ts'
import type { Attempt } from './schema.ts'
import { linesOf } from './ways.ts'

type Decoy = NonNullable<Scenario['decoys']>[number]

/** A wrong way that the debrief names when the player took it: a decoy that says how it looks when typed. */
export type Trap = Decoy & { readonly name: NonNullable<Decoy['name']>; readonly typed: string }

/** Decoys that the debrief can recognise and name. */
export const trapsOf = (scenario: Scenario): Trap[] =>
  (scenario.decoys ?? []).filter((d): d is Trap => d.name !== undefined && d.typed !== undefined)

/** The traps into which a command line steps. */
export const stepsInto = (traps: readonly Trap[], line: string): Trap[] =>
  traps.filter(({ typed }) => new RegExp(typed).test(line))

/** A trap must catch its own way, and none of the honest ones; otherwise what is wrong with its pattern. */
export function faultOf(trap: Trap, scenario: Scenario): string | undefined {
  const caught = (ways: readonly (readonly Attempt[])[]): string | undefined =>
    ways.flatMap(linesOf).find(({ line }) => stepsInto([trap], line).length > 0)?.line
  if (caught([trap.run]) === undefined) return 'none of its own lines is like `typed`'
  const honest = caught([scenario.solution, ...(scenario.fixes ?? []).map((fix) => fix.run)])
  return honest === undefined ? undefined : `it catches an honest line: ${honest}`
}
