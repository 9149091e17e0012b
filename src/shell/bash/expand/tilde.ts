import { userByName } from '../../text/users.ts'
import type { Shell } from '../shell.ts'

/** Length of the tilde prefix at `at` (up to a slash, or a colon in assignments); 0 when a quote spoils it. */
export function tildeLength(text: string, at: number, assignment: boolean): number {
  const end = (assignment ? /[/:]/ : /\//).exec(text.slice(at))?.index ?? text.length - at
  return /^~[\w.+-]*$/.test(text.slice(at, at + end)) ? end : 0
}

/** What `~name` stands for; undefined for an unknown user. */
export function tildeValue(sh: Shell, name: string): string | undefined {
  if (name === '') return sh.vars.get('HOME') ?? userByName(sh.p.fs, undefined, sh.p.creds.uid)?.home
  if (name === '+') return sh.vars.get('PWD')
  if (name === '-') return sh.vars.get('OLDPWD')
  return userByName(sh.p.fs, name)?.home
}
