import type { Command } from './cobra-command.ts'
import { type FlagSpec, noOptDefault } from './cobra-flags.ts'

const lookup = (specs: readonly FlagSpec[], name: string, short: boolean): FlagSpec | undefined =>
  specs.find((spec) => (short ? spec.short : spec.name) === name)

/** True when `arg` is a flag whose value is the next argument. An unknown flag counts as one, as in cobra. */
function takesNext(specs: readonly FlagSpec[], arg: string): boolean {
  if (arg.includes('=')) return false
  if (arg.startsWith('--')) {
    const spec = lookup(specs, arg.slice(2), false)
    return spec === undefined || noOptDefault(spec) === ''
  }
  if (arg.startsWith('-') && arg.length === 2) {
    const spec = lookup(specs, arg[1], true)
    return spec === undefined || noOptDefault(spec) === ''
  }
  return false
}

/** Indices of arguments that are neither flags nor flag values (cobra's stripFlags). */
export function words(target: Command, args: readonly string[]): number[] {
  const specs = target.allFlags
  const out: number[] = []
  for (let i = 0; i < args.length; i++) {
    if (args[i] === '--') break
    if (args[i].startsWith('-') && args[i] !== '') {
      if (takesNext(specs, args[i])) {
        if (i + 1 >= args.length) break
        i++
      }
    } else if (args[i] !== '') out.push(i)
  }
  return out
}

/** Descends to the command that the arguments name; what remains are its arguments. */
export function findCommand(root: Command, args: readonly string[]): { found: Command; rest: string[] } {
  let found = root
  let rest = [...args]
  for (;;) {
    const at = words(found, rest)[0]
    const next = at === undefined ? undefined : found.find(rest[at])
    if (!next) return { found, rest }
    rest = rest.filter((_, i) => i !== at)
    found = next
  }
}
