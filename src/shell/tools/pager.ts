import { type Process, type Program, readAll, SysError } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { openRead } from '../io/files.ts'
import { controllingTerminal } from '../jobs/terminal.ts'
import { keyName, ttyOf } from '../tty/index.ts'

/** Reads the operands (or standard input) of a pager. */
function* content(p: Process, name: string): Coro<{ text: string; title: string; status: number }> {
  const files = p.argv.slice(1).filter((a) => !/^[-+]./.test(a))
  if (files.length === 0) {
    if (p.stdin.isTty) {
      p.stderr.write(
        name === 'less'
          ? 'Missing filename ("less --help" for help)\n'
          : "more: bad usage\nTry 'more --help' for more information.\n",
      )
      return { text: '', title: '', status: 1 }
    }
    return { text: yield* readAll(p.stdin), title: '', status: 0 }
  }
  let text = ''
  let status = 0
  for (const file of files) {
    try {
      if (p.fs.find(file, p.cwd)?.kind === 'dir') {
        p.stderr.write(name === 'less' ? `${file} is a directory\n` : `\n*** ${file}: directory ***\n\n`)
        status = 1
        continue
      }
      text += yield* readAll(openRead(p, file))
    } catch (error) {
      if (!(error instanceof SysError)) throw error
      p.stderr.write(
        name === 'less' ? `${file}: ${error.strerror}\n` : `more: cannot open ${file}: ${error.strerror}\n`,
      )
      status = 1
    }
  }
  return { text, title: files[0], status }
}

/** Marks a line that goes on beyond the right edge. */
const MORE = '\x1b[7m>\x1b[27m'

/** Rows of the screen; chopped lines begin at column `shift`. */
function wrapped(text: string, cols: number, chop: boolean, shift: number): string[] {
  const out: string[] = []
  for (const line of text.replace(/\n$/, '').split('\n')) {
    const plain = line.replace(/\t/g, '        ')
    if (chop) out.push(plain.length - shift > cols ? plain.slice(shift, shift + cols - 1) + MORE : plain.slice(shift))
    else if (plain.length <= cols) out.push(plain)
    else for (let i = 0; i < plain.length; i += cols) out.push(plain.slice(i, i + cols))
  }
  return out
}

/** less and more: a screen at a time on a terminal, a plain copy otherwise. */
function pager(name: 'less' | 'more'): Program {
  return {
    name,
    *main(p) {
      if (p.argv.includes('--version')) {
        p.stdout.write(name === 'less' ? 'less 590 (GNU regular expressions)\n' : 'more from util-linux 2.39.3\n')
        return 0
      }
      const { text, title, status } = yield* content(p, name)
      const tty = ttyOf(p, controllingTerminal(p))
      if (!tty || text === '') {
        p.stdout.write(text)
        return status
      }
      const flags = p.argv
        .slice(1)
        .filter((a) => /^-[A-Za-z]/.test(a))
        .join('')
      const raw = tty.openRaw({ keepSignals: name === 'more' })
      let last: readonly string[] | undefined
      try {
        last = yield* browse(raw, text, title, {
          chop: flags.includes('S'),
          quitAtEnd: name === 'more' || flags.includes('F'),
          numbers: flags.includes('N'),
          long: flags.includes('M'),
          fromEnd: p.argv.includes('+G'),
        })
      } finally {
        raw.close()
      }
      if (name === 'more' || !last) p.stdout.write(text)
      // -X: what was seen last stays on the terminal.
      else if (flags.includes('X')) p.stdout.write(last.map((line) => `${line}\n`).join(''))
      return status
    },
  }
}

type Raw = ReturnType<NonNullable<ReturnType<typeof ttyOf>>['openRaw']>

/** Returns the lines that stood on the screen at the end; undefined when the text fitted and was not shown. */
function* browse(
  raw: Raw,
  text: string,
  title: string,
  how: { chop: boolean; quitAtEnd: boolean; numbers: boolean; long: boolean; fromEnd: boolean },
): Coro<readonly string[] | undefined> {
  const source = how.numbers
    ? text
        .replace(/\n$/, '')
        .split('\n')
        .map((l, i) => `${String(i + 1).padStart(7)} ${l}`)
        .join('\n')
    : text
  let top = how.fromEnd ? Number.MAX_SAFE_INTEGER : 0
  let shift = 0
  let { chop } = how
  let pattern = ''
  let message = title
  for (;;) {
    const page = Math.max(1, raw.rows - 1)
    const lines = wrapped(source, raw.cols, chop, shift)
    const most = Math.max(0, lines.length - page)
    top = Math.max(0, Math.min(top, most))
    const atEnd = top >= most
    if (how.quitAtEnd && lines.length <= page) return undefined
    const shown = lines.slice(top, top + page).map((l) => (pattern ? highlight(l, pattern) : l))
    while (shown.length < page) shown.push('~')
    const range = `lines ${top + 1}-${Math.min(lines.length, top + page)}${atEnd ? `/${lines.length} (END)` : ''}`
    const status = message || (how.long ? range : atEnd ? '(END)' : ':')
    shown.push(status === ':' ? ':' : `\x1b[7m${status}\x1b[0m`)
    raw.paint({ lines: shown, cursor: { row: page, column: status.length } })
    message = ''
    const key = yield* raw.readKey()
    if (!key) continue
    switch (keyName(key)) {
      case 'q':
      case 'Q':
      case 'C-c':
        return lines.slice(top, top + page)
      case 'C-z':
        yield* raw.suspend()
        break
      case 'right':
        if (chop) shift += Math.floor(raw.cols / 2)
        break
      case 'left':
        shift = Math.max(0, shift - Math.floor(raw.cols / 2))
        break
      case '-': {
        raw.paint({ lines: [...shown.slice(0, -1), '-'], cursor: { row: page, column: 1 } })
        const option = yield* raw.readKey()
        if (option?.text === 'S') {
          chop = !chop
          shift = 0
          message = `${chop ? 'Chop' : 'Fold'} long lines  (press RETURN)`
        }
        break
      }
      case ' ':
      case 'f':
      case 'C-f':
      case 'C-v':
      case 'pagedown':
        if (atEnd && how.quitAtEnd && !how.long) return lines.slice(top, top + page)
        top += page
        break
      case 'b':
      case 'C-b':
      case 'pageup':
        top -= page
        break
      case 'enter':
      case 'j':
      case 'e':
      case 'down':
        top++
        break
      case 'k':
      case 'y':
      case 'up':
        top--
        break
      case 'd':
      case 'C-d':
        top += Math.floor(page / 2)
        break
      case 'u':
      case 'C-u':
        top -= Math.floor(page / 2)
        break
      case 'g':
      case '<':
      case 'home':
        top = 0
        break
      case 'G':
      case '>':
      case 'end':
        top = most
        break
      case '/':
      case '?': {
        const typed = yield* prompt(raw, shown, key.text ?? '/')
        if (typed !== undefined) pattern = typed || pattern
        const found = seek(lines, pattern, top, key.text === '?' ? -1 : 1)
        if (found === undefined) message = 'Pattern not found  (press RETURN)'
        else top = found
        break
      }
      case 'n':
      case 'N': {
        const found = seek(lines, pattern, top, keyName(key) === 'n' ? 1 : -1)
        if (found === undefined) message = 'Pattern not found  (press RETURN)'
        else top = found
        break
      }
      case 'h':
        message = 'help: not simulated'
    }
  }
}

function regexOf(pattern: string): RegExp | undefined {
  try {
    return new RegExp(pattern, 'g')
  } catch {
    return undefined
  }
}

const highlight = (line: string, pattern: string): string => {
  const regex = regexOf(pattern)
  return regex ? line.replace(regex, (m) => (m === '' ? '' : `\x1b[7m${m}\x1b[27m`)) : line
}

function seek(lines: readonly string[], pattern: string, top: number, direction: 1 | -1): number | undefined {
  const regex = regexOf(pattern)
  if (!regex || pattern === '') return undefined
  for (let i = top + direction; i >= 0 && i < lines.length; i += direction) {
    regex.lastIndex = 0
    if (regex.test(lines[i])) return i
  }
  return undefined
}

function* prompt(raw: Raw, screen: readonly string[], mark: string): Coro<string | undefined> {
  let text = ''
  for (;;) {
    raw.paint({
      lines: [...screen.slice(0, -1), mark + text],
      cursor: { row: screen.length - 1, column: mark.length + text.length },
    })
    const key = yield* raw.readKey()
    if (!key) continue
    const name = keyName(key)
    if (name === 'enter') return text
    if (name === 'escape' || name === 'C-c') return undefined
    if (name === 'backspace') {
      if (text === '') return undefined
      text = text.slice(0, -1)
    } else if (key.name === 'char' || key.name === 'paste') text += key.text ?? ''
  }
}

export const less = pager('less')
export const more = pager('more')
