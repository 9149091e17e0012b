import { type Systemd, type Unit, unitName } from '../../../host/index.ts'
import { type Coro, globRegex } from '../../../kernel/index.ts'
import { type Command, Fail } from '../lib/command.ts'
import type { Options } from '../lib/getopt.ts'

/** One `systemctl VERB NAME…`. */
export interface Call {
  readonly c: Command
  readonly o: Options
  readonly systemd: Systemd
  readonly names: readonly string[]
  readonly verb: string
}

/** What a verb does. Returns systemctl's exit status. */
export type Handler = (call: Call) => Coro<number> | number

/** The warning that a unit's files are newer than what systemd has loaded. */
export function warnIfChanged({ c, systemd }: Call, unit: Unit): void {
  if (systemd.needsReload(unit))
    c.err(
      `Warning: The unit file, source configuration file or drop-ins of ${unit.name} changed on disk. Run 'systemctl daemon-reload' to reload units.\n`,
    )
}

/** Refuses a verb without names. */
export const needUnits = ({ names, verb }: Call): void => {
  if (names.length === 0 && verb) throw new Fail('Too few arguments.')
}

/** Refuses who is not root, as polkit without an agent does. */
export const requireRoot = (call: Call, what: string): void => {
  if (call.c.p.creds.uid === 0) return
  const name = call.names[0] ? unitName(call.names[0]) : ''
  throw new Fail(
    `Failed to ${what}${name ? ` ${name}` : ''}: Interactive authentication required.${name ? `\nSee system logs and 'systemctl status ${name}' for details.` : ''}`,
  )
}

/** Names with shell patterns stand for loaded units. */
export function expand(call: Call): string[] {
  return call.names.flatMap((n) => {
    if (!/[*?]/.test(n)) return [unitName(n)]
    const re = globRegex(n)
    return [...call.systemd.units.keys()].filter((k) => re.test(k))
  })
}

/** Runs what a handler gave back. */
export function* asCoro(result: Coro<number> | number): Coro<number> {
  return typeof result === 'number' ? result : yield* result
}
