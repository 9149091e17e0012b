import { Fail } from '../lib/command.ts'
import { getopt, OptionError, type Options } from '../lib/getopt.ts'

/** Options of systemd 257's journalctl, in its order. */
const TABLE = {
  short: 'hefo:aln::qmb::kD:p:g:c:S:U:t:T:u:INF:xrM:i:',
  long: {
    help: 'h',
    version: 'version',
    'no-pager': 'no-pager',
    'pager-end': 'e',
    follow: 'f',
    force: 'force',
    'output=': 'o',
    all: 'a',
    full: 'l',
    'no-full': 'no-full',
    'lines=?': 'n',
    'truncate-newline': 'truncate-newline',
    'no-tail': 'no-tail',
    'new-id128': 'new-id128',
    quiet: 'q',
    merge: 'm',
    'this-boot': 'b',
    'boot=?': 'b',
    'list-boots': 'list-boots',
    'list-invocations': 'list-invocations',
    'invocation=': 'invocation',
    dmesg: 'k',
    system: 'system',
    user: 'user',
    'directory=': 'D',
    'file=': 'file',
    'root=': 'root',
    'image=': 'image',
    'image-policy=': 'image-policy',
    header: 'header',
    'identifier=': 't',
    'exclude-identifier=': 'T',
    'priority=': 'p',
    'facility=': 'facility',
    'grep=': 'g',
    'case-sensitive=?': 'case',
    'setup-keys': 'setup-keys',
    'interval=': 'interval',
    verify: 'verify',
    'verify-key=': 'verify-key',
    'disk-usage': 'disk-usage',
    'cursor=': 'c',
    'cursor-file=': 'cursor-file',
    'after-cursor=': 'after-cursor',
    'show-cursor': 'show-cursor',
    'since=': 'S',
    'until=': 'U',
    'unit=': 'u',
    'user-unit=': 'user-unit',
    'field=': 'F',
    fields: 'N',
    catalog: 'x',
    'list-catalog': 'list-catalog',
    'dump-catalog': 'dump-catalog',
    'update-catalog': 'update-catalog',
    reverse: 'r',
    'machine=': 'M',
    utc: 'utc',
    flush: 'flush',
    'relinquish-var': 'relinquish-var',
    'smart-relinquish-var': 'smart-relinquish-var',
    sync: 'sync',
    rotate: 'rotate',
    'vacuum-size=': 'vacuum-size',
    'vacuum-files=': 'vacuum-files',
    'vacuum-time=': 'vacuum-time',
    'no-hostname': 'no-hostname',
    'output-fields=': 'output-fields',
    'namespace=': 'namespace',
    'list-namespaces': 'list-namespaces',
    'synchronize-on-exit=': 'synchronize-on-exit',
  },
}

/** What the real one has and the simulation does not. */
const BEYOND = [
  'h',
  'force',
  'no-full',
  'truncate-newline',
  'new-id128',
  'list-invocations',
  'invocation',
  'I',
  'user',
  'root',
  'image',
  'image-policy',
  'header',
  'T',
  'setup-keys',
  'interval',
  'verify-key',
  'user-unit',
  'list-catalog',
  'dump-catalog',
  'update-catalog',
  'M',
  'relinquish-var',
  'smart-relinquish-var',
  'namespace',
  'list-namespaces',
  'synchronize-on-exit',
]

/** Reads a command line, or fails in journalctl's words. */
export function journalOptions(args: readonly string[]): Options {
  const o = parse(args)
  const beyond = o.all.find(([key]) => BEYOND.includes(key))?.[0]
  if (beyond !== undefined)
    throw new Fail(`journalctl: not simulated: ${beyond.length === 1 ? '-' : '--'}${beyond}`, 127)
  if (['S', 'c', 'after-cursor'].filter((key) => o.has(key)).length > 1)
    throw new Fail('Please specify only one of --since=, --cursor=, and --after-cursor=.')
  if (o.has('f') && o.has('r')) throw new Fail('Please specify either --reverse= or --follow=, not both.')
  return o
}

function parse(args: readonly string[]): Options {
  try {
    return getopt(pullOptional(args), TABLE)
  } catch (error) {
    if (error instanceof OptionError) throw new Fail(`journalctl: ${error.message}`)
    throw error
  }
}

/** `-n` and `-b` take an attached value, and also a following word that looks like one. */
function pullOptional(args: readonly string[]): string[] {
  const out: string[] = []
  for (let i = 0; i < args.length; i++) {
    const a = args[i]
    const next = args[i + 1]
    const count = /^-[a-z]*n$/.test(a) || a === '--lines'
    const boot = /^-[a-z]*b$/.test(a) || a === '--boot'
    if (
      (count && next !== undefined && /^(\+?\d+|all)$/.test(next)) ||
      (boot && next !== undefined && /^([+-]?\d+|all|[0-9a-f]{32}([+-]\d+)?)$/.test(next))
    ) {
      out.push(a.startsWith('--') ? `${a}=${next}` : a + next)
      i++
    } else out.push(a)
  }
  return out
}
