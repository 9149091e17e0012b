import { posixRegex, RegexError } from '../../text/regex.ts'
import { replacement } from './replacement.ts'
import { type Address, type Command, SedError } from './script.ts'

/** In the text of a, i and c, behind its first character. */
const TEXT_ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', f: '\f', v: '\v', a: '\u0007', r: '\r' }

/** Parses the -e and -f pieces of a script (joined by newlines). */
export function parseScript(parts: readonly string[], extended: boolean): { commands: Command[]; quiet: boolean } {
  const text = parts.join('\n')
  const parser = new Parser(text, extended, parts)
  return { commands: parser.parse(), quiet: /^#n(\n|$)/.test(text) }
}

class Parser {
  private i = 0
  private readonly commands: Command[] = []

  constructor(
    private readonly s: string,
    private readonly extended: boolean,
    private readonly parts: readonly string[],
  ) {}

  parse(): Command[] {
    const open: number[] = []
    for (;;) {
      while (/[\s;]/.test(this.s[this.i] ?? '')) this.i++
      if (this.i >= this.s.length) break
      const one = this.address()
      let two: Address | undefined
      if (one) {
        this.blanks()
        if (this.s[this.i] === ',') {
          this.i++
          this.blanks()
          two = this.address(true)
          if (!two) this.fail("unexpected `,'")
        }
      }
      this.blanks()
      let negated = false
      while (this.s[this.i] === '!') {
        negated = true
        this.i++
        this.blanks()
      }
      const name = this.s[this.i]
      if (name === undefined) this.fail('missing command')
      this.i++
      if (one?.kind === 'line' && one.n === 0 && two?.kind !== 'regex') this.fail('invalid usage of line address 0')
      const command: Command = { name, one, two, negated, text: '' }
      if (name === '}') {
        const start = open.pop()
        if (start === undefined) this.fail("unexpected `}'")
        this.commands[start!].target = this.commands.length
        this.commands.push(command)
        this.endOfCommand()
        continue
      }
      this.body(command)
      if (name === '#') continue
      if (name === '{') open.push(this.commands.length)
      this.commands.push(command)
    }
    if (open.length > 0) throw new SedError(`-e expression #1, char 0: unmatched \`{'`)
    this.resolveLabels()
    return this.commands
  }

  private fail(what: string): never {
    let number = 1
    let at = this.i
    for (const part of this.parts.slice(0, -1)) {
      if (at <= part.length) break
      at -= part.length + 1
      number++
    }
    throw new SedError(`-e expression #${number}, char ${at}: ${what}`)
  }

  private blanks(): void {
    while (this.s[this.i] === ' ' || this.s[this.i] === '\t') this.i++
  }

  private endOfCommand(): void {
    this.blanks()
    const c = this.s[this.i]
    if (c === undefined || c === '\n' || c === ';') {
      this.i++
      return
    }
    if (c === '}' || c === '#') return
    this.i++
    this.fail('extra characters after command')
  }

  private address(second = false): Address | undefined {
    const rest = this.s.slice(this.i)
    let m: RegExpExecArray | null
    if ((m = /^(\d+)\s*~\s*(\d+)/.exec(rest))) {
      this.i += m[0].length
      return { kind: 'step', n: Number(m[1]), step: Number(m[2]) }
    }
    if ((m = /^\d+/.exec(rest))) {
      this.i += m[0].length
      return { kind: 'line', n: Number(m[0]) }
    }
    if (second && (m = /^([+~])(\d+)/.exec(rest))) {
      this.i += m[0].length
      return { kind: m[1] === '+' ? 'plus' : 'multiple', n: Number(m[2]) }
    }
    if (rest[0] === '$') {
      this.i++
      return { kind: 'last' }
    }
    if (rest[0] !== '/' && rest[0] !== '\\') return undefined
    if (rest[0] === '\\') this.i++
    const delimiter = this.s[this.i++]
    const pattern = this.until(delimiter, true, 'unterminated address regex')
    const flags = /^[IM]*/.exec(this.s.slice(this.i))![0]
    this.i += flags.length
    return { kind: 'regex', regex: pattern === '' ? undefined : this.compile(pattern, flags) }
  }

  private compile(pattern: string, flags: string): RegExp {
    try {
      return posixRegex(pattern, { extended: this.extended, icase: /i/i.test(flags), multiline: /m/i.test(flags) })
    } catch (error) {
      if (error instanceof RegexError) this.fail(error.message)
      throw error
    }
  }

  /** Text up to an unescaped delimiter; an escaped delimiter loses its backslash. */
  private until(delimiter: string, regex: boolean, error: string): string {
    let out = ''
    let inBracket = false
    for (; this.i < this.s.length; this.i++) {
      const c = this.s[this.i]
      if (c === '\\') {
        const next = this.s[this.i + 1]
        this.i++
        if (next === delimiter && !(regex && /[.*[\]^$+?(){}|]/.test(delimiter))) out += next
        else if (next === '\n' && regex) out += '\n'
        else if (next === 'n' && regex && inBracket) out += '\n'
        else out += `\\${next ?? ''}`
        continue
      }
      if (regex && c === '[' && !inBracket) {
        inBracket = true
        out += c
        // A bracket may begin with ] or ^].
        const m = /^\^?\]/.exec(this.s.slice(this.i + 1))
        if (m) {
          out += m[0]
          this.i += m[0].length
        }
        continue
      }
      if (inBracket && c === ']') inBracket = false
      if (c === delimiter && !inBracket) {
        this.i++
        return out
      }
      out += c
    }
    return this.fail(error)
  }

  private body(c: Command): void {
    switch (c.name) {
      case '{':
        return
      case '#':
        while (this.i < this.s.length && this.s[this.i] !== '\n') this.i++
        return
      case ':':
        if (c.one) this.fail(": doesn't want any addresses")
        this.blanks()
        c.text = /^[^\s;]*/.exec(this.s.slice(this.i))![0]
        this.i += c.text.length
        if (c.text === '') this.fail('":" lacks a label')
        return
      case 'a':
      case 'i':
      case 'c':
        c.text = this.textArgument()
        return
      case 'r':
      case 'R':
      case 'w':
      case 'W': {
        this.blanks()
        const m = /^[^\n]*/.exec(this.s.slice(this.i))!
        if (m[0] === '') this.fail('missing filename in r/R/w/W commands')
        c.text = m[0]
        this.i += m[0].length
        return
      }
      case 'b':
      case 't':
      case 'T': {
        this.blanks()
        const m = /^[^\s;}]*/.exec(this.s.slice(this.i))!
        c.text = m[0]
        this.i += m[0].length
        this.endOfCommand()
        return
      }
      case 'q':
      case 'Q':
      case 'l':
      case 'L': {
        if ((c.name === 'q' || c.name === 'Q') && c.two) this.fail('command only uses one address')
        this.blanks()
        const m = /^\d*/.exec(this.s.slice(this.i))!
        c.text = m[0]
        this.i += m[0].length
        this.endOfCommand()
        return
      }
      case 's':
        this.substitution(c)
        return
      case 'y': {
        const delimiter = this.s[this.i++]
        const letters = (x: string): string[] => [
          ...x.replace(/\\n/g, '\n').replace(/\\t/g, '\t').replace(/\\\\/g, '\\'),
        ]
        const from = letters(this.until(delimiter, false, "unterminated `y' command"))
        const to = letters(this.until(delimiter, false, "unterminated `y' command"))
        if (from.length !== to.length) this.fail("strings for `y' command are different lengths")
        c.map = new Map(from.map((ch, k) => [ch, to[k]]))
        this.endOfCommand()
        return
      }
      default:
        if (!'=dDeFgGhHxnNpPz'.includes(c.name)) this.fail(`unknown command: \`${c.name}'`)
        this.endOfCommand()
    }
  }

  /** Text of a, i, c: one-liner or after a backslash-newline; backslash-newline continues it. */
  private textArgument(): string {
    this.blanks()
    if (this.i >= this.s.length) this.fail("expected \\ after `a', `c' or `i'")
    if (this.s[this.i] === '\\') {
      this.i++
      const before = this.i
      this.blanks()
      if (this.s[this.i] === '\n') this.i++
      else this.i = before
      // `a\  text` keeps leading blanks after the backslash.
    }
    let out = ''
    for (; this.i < this.s.length && this.s[this.i] !== '\n'; this.i++) {
      if (this.s[this.i] === '\\') {
        this.i++
        const escaped = this.s[this.i]
        if (escaped !== undefined) out += (out !== '' && TEXT_ESCAPES[escaped]) || escaped
      } else out += this.s[this.i]
    }
    this.i++
    return out
  }

  private substitution(c: Command): void {
    const delimiter = this.s[this.i++]
    if (delimiter === undefined || delimiter === '\n' || delimiter === '\\') this.fail("unterminated `s' command")
    const pattern = this.until(delimiter, true, "unterminated `s' command")
    const right = this.until(delimiter, false, "unterminated `s' command")
    const flags = { global: false, print: false, number: 1, file: undefined as string | undefined }
    let letters = ''
    let numbered = false
    for (;;) {
      const rest = this.s.slice(this.i)
      const number = /^\d+/.exec(rest)
      if (number) {
        if (numbered) this.fail("multiple number options to `s' command")
        flags.number = Number(number[0])
        if (flags.number === 0) this.fail("number option to `s' command may not be zero")
        numbered = true
        this.i += number[0].length
      } else if (rest[0] === 'g') {
        this.i++
        if (flags.global) this.fail("multiple `g' options to `s' command")
        flags.global = true
      } else if (rest[0] === 'p') {
        this.i++
        if (flags.print) this.fail("multiple `p' options to `s' command")
        flags.print = true
      } else if (/^[iImM]/.test(rest)) {
        letters += rest[0]
        this.i++
      } else if (rest[0] === 'w') {
        flags.file = rest.slice(1).split('\n')[0].trim()
        this.i += rest.split('\n')[0].length
        if (flags.file === '') this.fail('missing filename in r/R/w/W commands')
      } else break
    }
    c.flags = flags
    if (pattern !== '') c.regex = this.compile(pattern, letters)
    const groups = pattern === '' ? 9 : new RegExp(`${c.regex!.source}|`, c.regex!.flags).exec('')!.length - 1
    c.replace = replacement(right, groups, (what) => this.fail(what))
    const at = this.s[this.i]
    if (at !== undefined && !/[\s;}#]/.test(at)) {
      this.i++
      this.fail("unknown option to `s'")
    }
    this.endOfCommand()
  }

  private resolveLabels(): void {
    const labels = new Map(this.commands.flatMap((c, i) => (c.name === ':' ? [[c.text, i] as const] : [])))
    for (const c of this.commands) {
      if (!'btT'.includes(c.name)) continue
      if (c.text === '') c.target = this.commands.length
      else {
        const at = labels.get(c.text)
        if (at === undefined) throw new SedError(`can't find label for jump to \`${c.text}'`, 4)
        c.target = at
      }
    }
  }
}
