import { KubeadmError } from './errors.ts'

/** Is a phase, or the one that it belongs to, among those to skip? */
export const isSkipped = (name: string, skipped: readonly string[]): boolean =>
  skipped.some((one) => one === name || name.startsWith(`${one}/`))

/** Names that --skip-phases may have: those of phases, and of what holds them. */
export function checkPhases(
  skipped: readonly string[],
  phases: readonly (readonly [name: string, ...unknown[]])[],
): void {
  const known = new Set(phases.flatMap(([name]) => [name, name.split('/')[0]]))
  for (const name of skipped) if (!known.has(name)) throw new KubeadmError(`invalid phase name: ${name}`)
}

/** The commands that run single phases, and what they run: `addon all` runs all of `addon`, with what comes before it. */
export function phaseCommands(names: readonly string[]): [path: string, names: readonly string[]][] {
  const groups = new Set(names.filter((name) => name.includes('/')).map((name) => name.split('/')[0]))
  const of = (group: string): string[] => names.filter((name) => name === group || name.startsWith(`${group}/`))
  return [
    ...names.filter((name) => !groups.has(name)).map((name): [string, string[]] => [name.replace('/', ' '), [name]]),
    ...[...groups].map((group): [string, string[]] => [`${group} all`, of(group)]),
  ]
}
