import { MONTHS } from '../../kernel/index.ts'
import type { Shell } from '../bash/shell.ts'
import { userByName } from '../text/users.ts'

const pad = (n: number): string => String(n).padStart(2, '0')
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

/** A prompt string with its backslash escapes expanded (bash(1), PROMPTING). Marks of invisible text are dropped. */
export function expandPrompt(sh: Shell, template: string): string {
  const now = new Date(sh.p.now())
  const user = userByName(sh.p.fs, undefined, sh.p.creds.uid)
  const home = sh.vars.get('HOME') ?? ''
  const cwd =
    home !== '' && (sh.cwd === home || sh.cwd.startsWith(`${home}/`)) ? `~${sh.cwd.slice(home.length)}` : sh.cwd
  const time = `${pad(now.getUTCHours())}:${pad(now.getUTCMinutes())}:${pad(now.getUTCSeconds())}`
  const escapes: Record<string, string> = {
    u: user?.name ?? 'I have no name!',
    h: sh.p.hostname.split('.')[0],
    H: sh.p.hostname,
    w: cwd,
    W: cwd === '~' || cwd === '/' ? cwd : cwd.slice(cwd.lastIndexOf('/') + 1),
    $: sh.p.creds.uid === 0 ? '#' : '$',
    n: '\n',
    r: '\r',
    e: '\u001b',
    a: '',
    '[': '',
    ']': '',
    '\\': '\\',
    t: time,
    T: time,
    A: time.slice(0, 5),
    d: `${DAYS[now.getUTCDay()]} ${MONTHS[now.getUTCMonth()]} ${pad(now.getUTCDate())}`,
    s: sh.name.replace(/^-/, '').split('/').at(-1) ?? '',
    v: '5.2',
    V: '5.2.21',
    j: String(sh.jobs.list.length),
    '!': String(sh.history.length + 1),
    '#': String(sh.history.length + 1),
  }
  return template
    .replace(/\\0?33/g, '\u001b')
    .replace(/\\([\s\S])/g, (all, c: string) => escapes[c] ?? all)
    .replace(/\$\{debian_chroot:\+[^}]*\}/g, '')
    .replace(/\$\{?(\w+)\}?/g, (all, name: string) => sh.vars.get(name) ?? (/^\$\{?\w/.test(all) ? '' : all))
}
