import type { Process, Program } from '../../../host/index.ts'
import { defineTool, flag, type Tool, value } from '../../command.ts'
import { pidSeen } from '../../jobs/group.ts'
import { signalFromText, signalNames } from '../../text/signals.ts'
import { userByName } from '../../text/users.ts'
import { comm, commandLine, visible } from './facts.ts'

function select(
  t: Tool,
  pattern: string,
  how: {
    full: number
    exact: number
    user: string | undefined
    newest: number
    oldest: number
    invert: number
    icase: number
  },
): Process[] {
  const regex = new RegExp(how.exact ? `^(?:${pattern})$` : pattern, how.icase ? 'i' : '')
  let hits = visible(t.p).filter((q) => q !== t.p && regex.test(how.full ? commandLine(q) : comm(q)) !== how.invert > 0)
  if (how.user !== undefined)
    hits = hits.filter((q) => userByName(t.p.fs, how.user)?.uid === q.creds.uid || String(q.creds.uid) === how.user)
  if (how.newest) hits = hits.slice(-1)
  if (how.oldest) hits = hits.slice(0, 1)
  return hits
}

const grepOptions = {
  full: flag('f', 'full', 'use full process name to match'),
  exact: flag('x', 'exact', 'match exactly with the command name'),
  user: value('u', 'euid', '<ID,...>', 'match by effective IDs'),
  newest: flag('n', 'newest', 'select most recently started'),
  oldest: flag('o', 'oldest', 'select least recently started'),
  icase: flag('i', 'ignore-case', 'match case insensitively'),
}

export const pgrep = defineTool({
  name: 'pgrep',
  summary: '',
  usage: '[options] <pattern>',
  version: 'pgrep from procps-ng 4.0.4',
  usageStatus: 2,
  options: {
    ...grepOptions,
    list: flag('l', 'list-name', 'list PID and process name'),
    all: flag('a', 'list-full', 'list PID and full command line'),
    count: flag('c', 'count', 'count of matching processes'),
    invert: flag('v', 'inverse', 'negates the matching'),
    delimiter: value('d', 'delimiter', '<string>', 'specify output delimiter'),
  },
  *run(t) {
    if (t.args.length !== 1 && t.opts.user === undefined) {
      t.p.stderr.write(
        `pgrep: ${t.args.length === 0 ? 'no matching criteria specified' : 'only one pattern can be provided'}\nTry \`pgrep --help' for more information.\n`,
      )
      return 2
    }
    const hits = select(t as unknown as Tool, t.args[0] ?? '', t.opts)
    if (t.opts.count) t.line(String(hits.length))
    else if (t.opts.delimiter !== undefined) t.line(hits.map((q) => pidSeen(t.p, q)).join(t.opts.delimiter))
    else
      for (const q of hits)
        t.line(`${pidSeen(t.p, q)}${t.opts.all ? ` ${commandLine(q)}` : t.opts.list ? ` ${comm(q)}` : ''}`)
    return hits.length > 0 ? 0 : 1
  },
})

/** Takes a signal option (-9, -KILL) out of the arguments. */
const signalArgument = (argv: readonly string[]): readonly string[] =>
  argv.flatMap((a) =>
    /^-(\d+|[A-Z][A-Z0-9]+)$/.test(a) && signalFromText(a.slice(1)) !== undefined ? ['--signal', a.slice(1)] : [a],
  )

export const pkill = defineTool({
  name: 'pkill',
  summary: '',
  usage: '[options] <pattern>',
  version: 'pkill from procps-ng 4.0.4',
  usageStatus: 2,
  options: {
    ...grepOptions,
    signal: value('', 'signal', '<sig>', 'signal to send (either number or name)'),
    echo: flag('e', 'echo', 'display what is killed'),
  },
  legacy: signalArgument,
  *run(t) {
    if (t.args.length !== 1) {
      t.p.stderr.write(
        `pkill: ${t.args.length === 0 ? 'no matching criteria specified' : 'only one pattern can be provided'}\nTry \`pkill --help' for more information.\n`,
      )
      return 2
    }
    const hits = select(t as unknown as Tool, t.args[0], { ...t.opts, invert: 0 })
    const signal = signalFromText(t.opts.signal ?? 'TERM') || 'SIGTERM'
    for (const q of hits) {
      if (t.opts.echo) t.line(`${comm(q)} killed (pid ${pidSeen(t.p, q)})`)
      q.kill(signal)
    }
    return hits.length > 0 ? 0 : 1
  },
})

export const killall = defineTool({
  name: 'killall',
  summary: '',
  usage: '[OPTION]... [--] NAME...',
  version: 'killall (PSmisc) 23.7',
  options: {
    signal: value('s', 'signal', 'SIGNAL', 'send this signal instead of SIGTERM'),
    quiet: flag('q', 'quiet', "don't print complaints"),
    wait: flag('w', 'wait', 'wait for processes to die'),
    exact: flag('e', 'exact', 'require exact match for very long names'),
  },
  legacy: signalArgument,
  *run(t) {
    const signal = signalFromText(t.opts.signal ?? 'TERM') || 'SIGTERM'
    for (const name of t.args) {
      const hits = visible(t.p).filter((q) => comm(q) === name || q.program.name === name)
      if (hits.length === 0) {
        t.status = 1
        if (!t.opts.quiet) t.p.stderr.write(`${name}: no process found\n`)
      }
      for (const q of hits) q.kill(signal)
      if (t.opts.wait) for (const q of hits) yield* q.wait()
    }
    return 0
  },
})

/** /usr/bin/kill of procps. */
export const kill: Program = {
  name: 'kill',
  *main(p) {
    const args = [...p.argv.slice(1)]
    let signal = 'SIGTERM'
    if (args[0] === '-l' || args[0] === '-L') {
      p.stdout.write(`${signalNames().join(' ')}\n`)
      return 0
    }
    if (args[0] === '-s' || args[0] === '-n') {
      signal = signalFromText(args[1] ?? '') ?? ''
      args.splice(0, 2)
    } else if (/^-[\dA-Za-z]/.test(args[0] ?? '')) signal = signalFromText(args.shift()!.slice(1)) ?? 'SIGTERM'
    let status = 0
    for (const a of args.filter((x) => x !== '--')) {
      const q = visible(p).find((x) => pidSeen(p, x) === Number(a))
      if (!/^-?\d+$/.test(a)) p.stderr.write(`kill: failed to parse argument: '${a}'\n`)
      else if (!q) p.stderr.write(`kill: (${a}): No such process\n`)
      else {
        if (signal !== '') q.kill(signal)
        continue
      }
      status = 1
    }
    return status
  },
}

export const pidof = defineTool({
  name: 'pidof',
  summary: '',
  usage: '[options] [program-name [...]]',
  options: { single: flag('s', 'single-shot', 'return one PID only') },
  *run(t) {
    const hits = t.args.flatMap((name) => visible(t.p).filter((q) => comm(q) === name.split('/').at(-1))).reverse()
    if (hits.length > 0) t.line((t.opts.single ? hits.slice(0, 1) : hits).map((q) => pidSeen(t.p, q)).join(' '))
    return hits.length > 0 ? 0 : 1
  },
})
