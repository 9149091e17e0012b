import { SysError, TextSource } from '../../../host/index.ts'
import type { Coro } from '../../../kernel/index.ts'
import { type Fd, OpenFile } from '../../io/fd.ts'
import { openRead, openWrite } from '../../io/files.ts'
import { ShellError } from '../control.ts'
import { substitutionSink, substitutionSource } from '../expand/substitution.ts'
import { expandBody, expandString, expandWords } from '../expand/words.ts'
import { parseBody, type Redirection, type Word } from '../parse.ts'
import type { Shell } from '../shell.ts'

/** Applies redirections, runs `body`, and restores the descriptors. A failed redirection fails the command. */
export function* withRedirects(sh: Shell, redirects: readonly Redirection[], body: () => Coro<number>): Coro<number> {
  if (redirects.length === 0) return yield* body()
  const saved = new Map<number, Fd | undefined>()
  try {
    const failed = yield* applyAll(sh, redirects, saved)
    if (failed !== undefined) return failed
    return yield* body()
  } finally {
    for (const [n, fd] of saved) {
      sh.fds.get(n)?.close()
      if (fd) sh.fds.set(n, fd)
      else sh.fds.delete(n)
    }
  }
}

/** Applies redirections for good (`exec >log`). Returns a status when one failed. */
export function* applyForGood(sh: Shell, redirects: readonly Redirection[]): Coro<number | undefined> {
  const saved = new Map<number, Fd | undefined>()
  const failed = yield* applyAll(sh, redirects, saved)
  for (const fd of saved.values()) fd?.close()
  return failed
}

function* applyAll(
  sh: Shell,
  redirects: readonly Redirection[],
  saved: Map<number, Fd | undefined>,
): Coro<number | undefined> {
  const put = (n: number, fd: Fd | undefined): void => {
    if (!saved.has(n)) saved.set(n, sh.fds.get(n))
    else sh.fds.get(n)?.close()
    if (fd) sh.fds.set(n, fd)
    else sh.fds.delete(n)
  }
  for (const redirect of redirects) {
    try {
      yield* apply(sh, redirect, put)
    } catch (error) {
      if (error instanceof SysError) sh.complain(redirectMessage(sh, error, redirect))
      else if (error instanceof ShellError && !error.fatal) sh.complain(error.message)
      else throw error
      return sh.dialect === 'dash' ? 2 : 1
    }
  }
  return undefined
}

/** dash and busybox say which way the file failed to open. */
function redirectMessage(sh: Shell, error: SysError, redirect: Redirection): string {
  if (sh.dialect === 'bash') return `${error.subject}: ${error.strerror}`
  const reading = redirect.type === 'Redirect' && redirect.operator === '<'
  const what = error.code === 'ENOENT' ? (reading ? 'No such file' : 'Directory nonexistent') : error.strerror
  if (sh.dialect === 'ash')
    return `can't ${reading ? 'open' : 'create'} ${error.subject}: ${error.code === 'ENOENT' ? (reading ? 'no such file' : 'nonexistent directory') : error.strerror}`
  return `cannot ${reading ? 'open' : 'create'} ${error.subject}: ${what}`
}

function* apply(sh: Shell, r: Redirection, put: (n: number, fd: Fd | undefined) => void): Coro {
  if (r.type === 'HereDoc') {
    const stripped = r.operator === '<<-' ? r.body.text.replace(/^\t+/gm, '') : r.body.text
    const quoted = r.delimiter?.quoted
    const parts = stripped === r.body.text ? r.body.parts : parseBody(stripped.replace(/\n$/, ''))
    const expanded = quoted
      ? stripped
      : parts
        ? yield* expandBody(sh, parts)
        : stripped.replace(/\\([\\$`\n])/g, (_, c) => (c === '\n' ? '' : c))
    const text = parts !== r.body.parts && !quoted && !expanded.endsWith('\n') ? `${expanded}\n` : expanded
    put(descriptor(sh, r, 0), input('heredoc', text))
    return
  }
  if (r.type === 'HereString') {
    const text = r.target ? yield* expandString(sh, r.target) : ''
    put(descriptor(sh, r, 0), input('herestring', `${text}\n`))
    return
  }
  const op = r.operator
  const n = descriptor(sh, r, op.startsWith('<') ? 0 : 1)
  if (op === '<&' || op === '>&') {
    const text = r.target ? yield* expandString(sh, r.target) : ''
    const m = /^(\d+)?(-)?$/.exec(text)
    if (m && text !== '') {
      const source = m[1] === undefined ? undefined : sh.fds.get(Number(m[1]))
      if (m[1] !== undefined && !source) throw new ShellError(`${m[1]}: Bad file descriptor`)
      put(n, source?.dup())
      if (m[1] !== undefined && m[2]) put(Number(m[1]), undefined)
      return
    }
    if (op === '<&' || r.descriptor) throw new ShellError(`${r.target?.text ?? ''}: ambiguous redirect`)
    // `>& file` is `&> file`.
    yield* both(sh, r.target, false, put)
    return
  }
  if (op === '&>' || op === '&>>') return yield* both(sh, r.target, op === '&>>', put)
  const substitution = onlySubstitution(r.target)
  if (substitution?.script) {
    if (substitution.operator === '<')
      put(n, new OpenFile('pipe:', yield* substitutionSource(sh, substitution.script)).open())
    else put(n, yield* substitutionSink(sh, substitution.script))
    return
  }
  const path = yield* targetPath(sh, r.target)
  put(n, openFile(sh, path, op))
}

const input = (name: string, text: string): Fd => new OpenFile(name, new TextSource(text)).open()

function descriptor(sh: Shell, r: Redirection, fallback: number): number {
  if (!r.descriptor) return fallback
  if (r.descriptor.type === 'FileDescriptor') return r.descriptor.value
  // {name}>file: the first free descriptor from 10 on.
  let n = 10
  while (sh.fds.has(n)) n++
  const target = 'target' in r ? r.target?.text : undefined
  if (target === '-') return Number(sh.vars.get(r.descriptor.name) ?? n)
  sh.vars.set(r.descriptor.name, String(n))
  return n
}

function* both(
  sh: Shell,
  target: Word | undefined,
  append: boolean,
  put: (n: number, fd: Fd | undefined) => void,
): Coro {
  const fd = openFile(sh, yield* targetPath(sh, target), append ? '>>' : '>')
  put(1, fd)
  put(2, fd.dup())
}

function* targetPath(sh: Shell, target: Word | undefined): Coro<string> {
  if (!target) throw new ShellError('syntax error', 2)
  const found = yield* expandWords(sh, [target])
  if (found.length !== 1) throw new ShellError(`${target.text}: ambiguous redirect`)
  if (found[0] === '') throw new SysError('ENOENT', '')
  return found[0]
}

function onlySubstitution(
  target: Word | undefined,
): Extract<NonNullable<Word['parts']>[number], { type: 'ProcessSubstitution' }> | undefined {
  const part = target?.parts?.length === 1 ? target.parts[0] : undefined
  return part?.type === 'ProcessSubstitution' ? part : undefined
}

/** Opens a path for a redirection operator. Throws SysError with the path as it was typed. */
function openFile(sh: Shell, path: string, op: string): Fd {
  const dup = /^\/dev\/(?:fd\/(\d+)|(stdin)|(stdout)|(stderr))$/.exec(path)
  if (dup) {
    const n = dup[1] !== undefined ? Number(dup[1]) : dup[2] ? 0 : dup[3] ? 1 : 2
    const fd = sh.fds.get(n)
    if (fd) return fd.dup()
  }
  try {
    if (op === '<') return new OpenFile(sh.path(path), openRead(sh.p, path)).open()
    if (op === '<>') {
      if (!sh.p.fs.exists(path, sh.cwd)) openWrite(sh.p, path)
      return new OpenFile(path, openRead(sh.p, path), openWrite(sh.p, path, { append: true })).open()
    }
    const found = sh.p.fs.find(path, sh.cwd)
    if (op === '>' && sh.option('noclobber') && found?.kind === 'file')
      throw new ShellError(`${path}: cannot overwrite existing file`)
    return new OpenFile(path, undefined, openWrite(sh.p, path, { append: op === '>>' })).open()
  } catch (error) {
    if (error instanceof SysError) throw new SysError(error.code, path, error.syscall)
    throw error
  }
}
