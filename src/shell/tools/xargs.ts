import { type Process, shellStatus, TextSource } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { defineTool, flag, optional, type Tool, value } from '../command.ts'
import { UsageError } from '../options.ts'
import { runProgram, startProgram } from '../run-program.ts'
import { quoteIfNeeded } from '../text/quotes.ts'

const OPTIONS = {
  null: flag('0', 'null', 'items are separated by a null, not whitespace; disables quote and backslash processing'),
  file: value('a', 'arg-file', 'FILE', 'read arguments from FILE, not standard input'),
  delimiter: value(
    'd',
    'delimiter',
    'CHARACTER',
    'items in input stream are separated by CHARACTER, not by whitespace',
  ),
  eof: value(
    'E',
    undefined,
    'END',
    'set logical EOF string; if END occurs as a line of input, the rest of the input is ignored',
  ),
  replace: value('I', undefined, 'R', 'same as --replace=R'),
  replaceOld: optional('i', 'replace', 'R', 'replace R in INITIAL-ARGS with names read from standard input'),
  lines: value('L', 'max-lines', 'MAX-LINES', 'use at most MAX-LINES non-blank input lines per command line'),
  args: value('n', 'max-args', 'MAX-ARGS', 'use at most MAX-ARGS arguments per command line'),
  procs: value('P', 'max-procs', 'MAX-PROCS', 'run at most MAX-PROCS processes at a time'),
  prompt: flag('p', 'interactive', 'prompt before running commands'),
  noEmpty: flag('r', 'no-run-if-empty', 'if there are no arguments, then do not run COMMAND'),
  chars: value('s', 'max-chars', 'MAX-CHARS', 'limit length of command line to MAX-CHARS'),
  verbose: flag('t', 'verbose', 'print commands before executing them'),
  exit: flag('x', 'exit', 'exit if the size (see -s) is exceeded'),
  tty: flag('o', 'open-tty', 'Reopen stdin as /dev/tty in the child process before executing the command'),
}

export const xargs = defineTool({
  name: 'xargs',
  summary: 'Run COMMAND with arguments INITIAL-ARGS and more arguments read from input.',
  usage: '[OPTION]... COMMAND [INITIAL-ARGS]...',
  version: 'xargs (GNU findutils) 4.9.0',
  ordered: true,
  options: OPTIONS,
  *run(t) {
    const o = t.opts
    const source = o.file === undefined ? t.p.stdin : t.open(o.file)
    if (!source) return 1
    const text = yield* t.all(source)
    const replace = o.replace ?? (o.replaceOld === undefined ? undefined : o.replaceOld || '{}')
    const command = t.args.length > 0 ? t.args : ['echo']
    const byLine = replace !== undefined || o.lines !== undefined
    const whole = quotedText(text, o.null > 0 || o.delimiter !== undefined, byLine)
    const groups = batches(t, whole.text, replace)
    const bad = (): never =>
      t.fail(`unmatched ${whole.unmatched} quote; by default quotes are special to xargs unless you use the -0 option`)
    if (groups.length === 0 && whole.unmatched) return bad()
    if (groups.length === 0 && (o.noEmpty || replace !== undefined)) return 0
    if (groups.length === 0) groups.push([])
    const parallel = o.procs === undefined ? 1 : Number(o.procs) || Number.POSITIVE_INFINITY
    const status = yield* runAll(
      t,
      groups.map((g) => (replace === undefined ? [...command, ...g] : command.map((c) => c.replaceAll(replace, g[0])))),
      parallel,
    )
    return whole.unmatched ? bad() : status
  },
})

/** The input up to the word (or line) with a quote that is not closed on its line, and of which kind that quote is. */
function quotedText(
  text: string,
  verbatim: boolean,
  byLine: boolean,
): { text: string; unmatched?: 'double' | 'single' } {
  if (verbatim) return { text }
  for (let i = 0; i < text.length; i++) {
    const c = text[i]
    if (c === '\\') i++
    if (c !== '"' && c !== "'") continue
    const end = text.indexOf(c, i + 1)
    if (end < 0 || text.slice(i, end).includes('\n'))
      return {
        text: text.slice(0, i).replace(byLine ? /[^\n]*$/ : /\S*$/, ''),
        unmatched: c === '"' ? 'double' : 'single',
      }
    i = end
  }
  return { text }
}

function* runAll(t: Tool<typeof OPTIONS>, commands: readonly string[][], parallel: number): Coro<number> {
  let status = 0
  const running: Process[] = []
  const settle = (code: number): number | undefined => {
    if (code === 255) {
      t.complain(`${commands[0][0]}: exited with status 255; aborting`)
      return 124
    }
    if (code === 126 || code === 127) return code
    if (code > 128) return 125
    if (code !== 0) status = 123
    return undefined
  }
  for (const argv of commands) {
    if (t.opts.verbose || t.opts.prompt) t.p.stderr.write(`${argv.map(quoteIfNeeded).join(' ')}\n`)
    if (parallel === 1) {
      const end = settle(yield* runProgram(t.p, argv, { name: 'xargs', stdin: new TextSource('') }))
      if (end !== undefined) return end
      continue
    }
    while (running.filter((q) => !q.status).length >= parallel)
      yield { on: running.filter((q) => !q.status).map((q) => q.exited) }
    const started = startProgram(t.p, argv, { name: 'xargs', stdin: new TextSource('') })
    if (typeof started === 'number') return started
    running.push(started)
  }
  for (const q of running) {
    yield* q.wait()
    const end = settle(shellStatus(q.status!))
    if (end !== undefined) return end
  }
  return status
}

/** Splits the input into the argument groups of the commands. */
function batches(t: Tool<typeof OPTIONS>, text: string, replace: string | undefined): string[][] {
  const o = t.opts
  if (replace !== undefined && o.delimiter === undefined && !o.null) {
    return text
      .split('\n')
      .map((l) => l.replace(/^[ \t]+/, ''))
      .filter((l) => l !== '')
      .map((l) => [words(l.replace(/[ \t]/g, '\\$&')).join('')])
  }
  let items: string[]
  if (o.null || o.delimiter !== undefined) {
    const d = o.null
      ? '\0'
      : o.delimiter!.replace(/^\\([nt0])$/, (_m, c: string) => ({ n: '\n', t: '\t', '0': '\0' })[c]!)
    items = text.split(d)
    if (items.at(-1) === '') items.pop()
  } else if (o.lines !== undefined) {
    // A blank at the end of a line continues it.
    const lines = text
      .replace(/[ \t]\n/g, ' ')
      .split('\n')
      .filter((l) => l.trim() !== '')
    const max = Number(o.lines)
    const groups: string[][] = []
    for (let i = 0; i < lines.length; i += max) groups.push(words(lines.slice(i, i + max).join('\n')))
    return groups
  } else items = words(text)
  if (o.eof !== undefined && items.includes(o.eof)) items = items.slice(0, items.indexOf(o.eof))
  const max = replace !== undefined ? 1 : Number(o.args ?? 5000)
  if (Number.isNaN(max)) throw new UsageError(`invalid number "${o.args}" for -n option`)
  if (max < 1) throw new UsageError(`value ${o.args} for -n option should be >= 1`)
  const groups: string[][] = []
  for (let i = 0; i < items.length; i += max) groups.push(items.slice(i, i + max))
  return groups
}

/** Blank-separated words with quotes and backslashes. */
function words(text: string): string[] {
  const out: string[] = []
  let current: string | undefined
  for (let i = 0; i < text.length; i++) {
    const c = text[i]
    if (c === ' ' || c === '\t' || c === '\n') {
      if (current !== undefined) out.push(current)
      current = undefined
    } else if (c === '"' || c === "'") {
      const end = text.indexOf(c, i + 1)
      current = (current ?? '') + text.slice(i + 1, end)
      i = end
    } else if (c === '\\' && i + 1 < text.length) current = (current ?? '') + text[++i]
    else current = (current ?? '') + c
  }
  if (current !== undefined) out.push(current)
  return out
}
