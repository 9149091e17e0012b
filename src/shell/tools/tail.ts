import type { File } from '../../host/index.ts'
import { type Coro, Signal } from '../../kernel/index.ts'
import { defineTool, flag, optional, type Tool, value } from '../command.ts'
import { openQuoted } from '../io/open-quoted.ts'
import { takeBytes } from '../text/bytes.ts'
import { curly, quoteName } from '../text/quotes.ts'
import { size } from '../text/size.ts'

const OPTIONS = {
  bytes: value('c', 'bytes', '[+]NUM', 'output the last NUM bytes; or use -c +NUM to output starting with byte NUM'),
  follow: optional('', 'follow', '{name|descriptor}', 'output appended data as the file grows'),
  f: flag('f', undefined, 'output appended data as the file grows'),
  retryName: flag('F', undefined, 'same as --follow=name --retry'),
  lines: value('n', 'lines', '[+]NUM', 'output the last NUM lines, instead of the last 10'),
  pid: value('', 'pid', 'PID', 'with -f, terminate after process ID, PID dies'),
  quiet: flag('q', 'quiet', 'never output headers giving file names'),
  retry: flag('', 'retry', 'keep trying to open a file if it is inaccessible'),
  interval: value('s', 'sleep-interval', 'N', 'with -f, sleep for approximately N seconds between iterations'),
  verbose: flag('v', 'verbose', 'always output headers giving file names'),
  zero: flag('z', 'zero-terminated', 'line delimiter is NUL, not newline'),
}

export const tail = defineTool({
  name: 'tail',
  summary:
    'Print the last 10 lines of each FILE to standard output.\nWith more than one FILE, precede each with a header giving the file name.\n\nWith no FILE, or when FILE is -, read standard input.',
  usage: '[OPTION]... [FILE]...',
  options: OPTIONS,
  legacy: (argv) => {
    const m = /^([-+])(\d+)(f?)$/.exec(argv[0] ?? '')
    if (!m) return argv
    return ['-n', m[1] === '+' ? `+${m[2]}` : m[2], ...(m[3] ? ['-f'] : []), ...argv.slice(1)]
  },
  *run(t) {
    const o = t.opts
    // The historical form takes one file at most.
    const historical = /^-(\d)\d*f?$/.exec(t.p.argv[1] ?? '')
    if (historical && t.p.argv.length > 3) return t.fail(`option used in invalid context -- ${historical[1]}`)
    const spec = o.bytes ?? o.lines ?? '10'
    const count = size(spec.replace(/^[-+]/, ''))
    if (count === undefined)
      return t.fail(`invalid number of ${o.bytes !== undefined ? 'bytes' : 'lines'}: ${curly(spec)}`)
    const fromStart = spec.startsWith('+')
    const names = t.args.length > 0 ? t.args : ['-']
    const headers = o.verbose > 0 || (names.length > 1 && !o.quiet)
    const following = o.f > 0 || o.retryName > 0 || o.follow !== undefined
    const followed: string[] = []
    let first = true
    for (const name of names) {
      if (t.p.fs.find(name, t.p.cwd)?.kind === 'dir') {
        t.complain(`error reading ${quoteName(name)}: Is a directory`)
        continue
      }
      const source = openQuoted(t, name)
      if (!source) {
        if (following && (o.retryName || o.retry)) followed.push(name)
        continue
      }
      if (headers) t.write(`${first ? '' : '\n'}==> ${name === '-' ? 'standard input' : name} <==\n`)
      first = false
      // A terminal or pipe that is followed never ends: it is passed on as it comes.
      const text = yield* t.all(source)
      t.write(last(text, count, { bytes: o.bytes !== undefined, fromStart, separator: o.zero ? '\0' : '\n' }))
      yield* t.flush()
      if (name !== '-') followed.push(name)
    }
    if (!following) return 0
    if (followed.length === 0) {
      if (names.includes('-')) return 0
      t.complain('no files remaining')
      return 1
    }
    yield* follow(t, followed, headers)
    return 0
  },
})

function last(text: string, count: number, how: { bytes: boolean; fromStart: boolean; separator: string }): string {
  if (how.bytes) {
    if (how.fromStart) return takeBytes(text, Math.max(0, count - 1))
    return count === 0 ? '' : takeBytes(text, -count)
  }
  const s = how.separator
  if (how.fromStart) {
    let at = 0
    for (let n = Math.max(0, count - 1); n > 0; n--) {
      const next = text.indexOf(s, at)
      if (next < 0) return ''
      at = next + 1
    }
    return text.slice(at)
  }
  if (count === 0) return ''
  let at = text.endsWith(s) ? text.length - 1 : text.length
  for (let n = count; n > 0; n--) {
    at = at === 0 ? -1 : text.lastIndexOf(s, at - 1)
    if (at < 0) return text
  }
  return text.slice(at + 1)
}

interface Followed {
  readonly name: string
  node: File | undefined
  shown: number
}

/** Waits for files to grow and prints what is new; -F also notices a file that was replaced. */
function* follow(t: Tool<typeof OPTIONS>, names: readonly string[], headers: boolean): Coro {
  const byName = t.opts.retryName > 0 || t.opts.follow === 'name'
  const find = (name: string): File | undefined => {
    const node = t.p.fs.find(name, t.p.cwd)
    return node?.kind === 'file' ? node : undefined
  }
  const changed = new Signal()
  const watched = new Set<File>()
  const watch = (node: File): void => {
    if (watched.has(node)) return
    watched.add(node)
    node.watchers ??= new Set()
    const watcher = (): void => changed.fire()
    node.watchers.add(watcher)
    t.p.defer(() => node.watchers?.delete(watcher))
  }
  const files: Followed[] = names.map((name) => {
    const node = find(name)
    return { name, node, shown: node ? node.read().length : 0 }
  })
  let latest = files[files.length - 1]
  const interval = Number(t.opts.interval ?? 1) * 1000
  for (;;) {
    for (const f of files) {
      const now = byName ? find(f.name) : f.node
      if (byName && now !== f.node) {
        if (!now) t.p.stderr.write(`tail: ${quoteName(f.name)} has become inaccessible: No such file or directory\n`)
        else if (!f.node) t.p.stderr.write(`tail: ${quoteName(f.name)} has appeared;  following new file\n`)
        else t.p.stderr.write(`tail: ${quoteName(f.name)} has been replaced;  following new file\n`)
        f.node = now
        f.shown = 0
      }
      if (!f.node) continue
      watch(f.node)
      const text = f.node.read()
      if (text.length < f.shown) {
        t.p.stderr.write(`tail: ${f.name}: file truncated\n`)
        f.shown = 0
      }
      if (text.length === f.shown) continue
      if (headers && latest !== f) t.write(`\n==> ${f.name} <==\n`)
      latest = f
      t.write(text.slice(f.shown))
      f.shown = text.length
    }
    yield* t.flush()
    if (t.opts.pid !== undefined && !t.p.host.processes.has(Number(t.opts.pid))) return
    // Growth of an open file fires its watchers; replacement and rotation are noticed by looking again.
    const poll = byName || t.opts.pid !== undefined
    yield { on: [changed], until: poll ? t.p.host.kernel.now() + interval : undefined }
  }
}
