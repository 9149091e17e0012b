import type { Shell } from '../shell.ts'

/** What `set -x` writes for a command: PS4, its first character once more a level of command substitution. */
export function traceCommand(sh: Shell, text: string): void {
  const ps4 = sh.vars.get('PS4') ?? '+ '
  sh.errorText(`${ps4.charAt(0).repeat(sh.substitutionDepth)}${ps4}${text}\n`)
}
