import { RegexError } from '../../text/regex.ts'
import { Buffer, type Spot } from './buffer.ts'
import { ExError, execute } from './ex.ts'
import {
  findInLine,
  firstNonBlank,
  type Motion,
  matching,
  paragraph,
  textObject,
  wordBack,
  wordEnd,
  wordForward,
} from './motions.ts'
import { vimRegex } from './pattern.ts'

/** How the editor reaches files. Errors come back as vim's message. */
export interface EditorFiles {
  /** Text, undefined for a new file, or an error. */
  read(path: string): { text: string | undefined; error?: string }
  /** The message to show; `failed` keeps the buffer modified. */
  write(path: string, text: string, append: boolean): { message: string; failed: boolean }
}

export type Mode = 'normal' | 'insert' | 'replace' | 'visual' | 'visual-line' | 'visual-block' | 'command'

/** Keys arrive as characters or as names in angle brackets: `<Esc>`, `<CR>`, `<BS>`, `<C-r>`, `<Up>`. */
export type KeyText = string

class Cancel extends Error {}

type Reader = Generator<void, void, KeyText>
type Read<T> = Generator<void, T, KeyText>

const DEFAULTS: Record<string, boolean | number> = {
  number: false,
  relativenumber: false,
  paste: false,
  expandtab: false,
  tabstop: 8,
  shiftwidth: 8,
  softtabstop: 0,
  autoindent: false,
  smartindent: false,
  ignorecase: false,
  smartcase: false,
  hlsearch: false,
  list: false,
  wrap: true,
  readonly: false,
  cursorcolumn: false,
  cursorline: false,
  wrapscan: true,
  incsearch: true,
  ruler: true,
  showcmd: true,
  compatible: false,
  mouse: false,
}
const SHORT: Record<string, string> = {
  nu: 'number',
  rnu: 'relativenumber',
  et: 'expandtab',
  ts: 'tabstop',
  sw: 'shiftwidth',
  sts: 'softtabstop',
  ai: 'autoindent',
  si: 'smartindent',
  ic: 'ignorecase',
  scs: 'smartcase',
  hls: 'hlsearch',
  ro: 'readonly',
  cuc: 'cursorcolumn',
  cul: 'cursorline',
  ws: 'wrapscan',
  is: 'incsearch',
  ru: 'ruler',
  sc: 'showcmd',
}

/** Options that take text or are accepted without effect. */
const IGNORED =
  /^(syntax|filetype|ft|encoding|enc|fileencoding|fenc|backspace|bs|laststatus|ls|mouse|background|bg|clipboard|cb|scrolloff|so|foldmethod|fdm|termguicolors|t_Co|nocompatible|cp|compatible|indentkeys|formatoptions|fo|textwidth|tw|cinkeys|visualbell|vb|errorbells|eb|hidden|hid|swapfile|swf|backup|bk|undofile|udf|wildmenu|wmnu|showmatch|sm|title|list|lcs|listchars|nrformats|fileformat|ff)$/

/** vim's editing model without a screen: normal, insert, visual and command-line mode. */
export class Editor {
  buffer = new Buffer('')
  at: Spot = { row: 0, col: 0 }
  mode: Mode = 'normal'
  message = ''
  /** Text of the command line while it is typed, with its : or /. */
  commandLine = ''
  path = ''
  exists = false
  exit: number | undefined
  lastSearch = ''
  lastSubstitution: { pattern: string; replacement: string } | undefined
  readonly marks = new Map<string, Spot>()
  readonly options: Record<string, boolean | number> = { ...DEFAULTS }
  /** Other end of the visual selection. */
  anchor: Spot = { row: 0, col: 0 }
  /** Height of the text area, for Ctrl-D and friends. */
  height = 23
  top = 0
  private readonly registers = new Map<string, { text: string; lines: boolean }>()
  private register = '"'
  private searchDirection: 1 | -1 = 1
  private lastFind: { how: string; c: string } | undefined
  private recorded: KeyText[] = []
  private lastChange: KeyText[] = []
  private replaying = false
  private wantCol: number | undefined
  private machine: Reader
  private macro: { name: string; keys: KeyText[] } | undefined

  constructor(private readonly files: EditorFiles) {
    this.machine = this.loop()
    this.machine.next()
  }

  /** Opens a file. */
  edit(path: string): void {
    this.path = path
    if (path === '') return
    const { text, error } = this.files.read(path)
    this.exists = text !== undefined
    this.buffer = new Buffer(text ?? '')
    this.moveTo(0, false)
    if (error !== undefined) this.message = error
    else if (text === undefined) this.message = `"${path}" [New]`
    else
      this.message = `"${path}"${this.buffer.newline ? '' : ' [noeol]'} ${text === '' ? 0 : this.buffer.size}L, ${new TextEncoder().encode(text).length}B`
  }

  press(key: KeyText): void {
    if (this.exit !== undefined) return
    if (this.macro && !this.replaying) this.macro.keys.push(key)
    this.machine.next(key)
  }

  /** Runs keys in a state machine of their own (`:normal`, `.`, macros). */
  feed(keys: string | readonly KeyText[]): void {
    const saved = this.machine
    const machine = this.loop()
    machine.next()
    this.machine = machine
    const list = typeof keys === 'string' ? splitKeys(keys) : keys
    for (const k of list) if (this.exit === undefined) machine.next(k)
    if (this.mode === 'insert' || this.mode === 'replace') machine.next('<Esc>')
    this.machine = saved
  }

  quit(status = 0): void {
    this.exit = status
  }

  checkpoint(): void {
    this.buffer.checkpoint(this.at)
  }

  undo(redo = false): void {
    const at = redo ? this.buffer.redo(this.at) : this.buffer.undo(this.at)
    if (at) this.moveTo(at.row, false, at.col)
    else this.message = redo ? 'Already at newest change' : 'Already at oldest change'
  }

  moveTo(row: number, indent: boolean, col = 0): void {
    const r = Math.max(0, Math.min(this.buffer.size - 1, row))
    this.at = { row: r, col: indent ? firstNonBlank(this.buffer.line(r)) : col }
    this.clamp()
  }

  private clamp(): void {
    const length = this.buffer.line(this.at.row).length
    const most =
      this.mode === 'insert' || this.mode === 'replace' || this.mode.startsWith('visual')
        ? length
        : Math.max(0, length - 1)
    this.at.col = Math.max(0, Math.min(this.at.col, most))
  }

  write(argument: string, how: { bang: boolean; rows?: { from: number; to: number } }): boolean {
    const append = argument.startsWith('>>')
    const path = argument.replace(/^>>\s*/, '') || this.path
    if (path === '') throw new ExError('E32: No file name')
    if (this.options.readonly && !how.bang && path === this.path)
      throw new ExError("E45: 'readonly' option is set (add ! to override)")
    const text = how.rows ? `${this.buffer.lines.slice(how.rows.from, how.rows.to + 1).join('\n')}\n` : this.buffer.text
    const { message, failed } = this.files.write(path, text, append)
    this.message = message
    if (!failed && path === this.path) {
      this.buffer.modified = false
      this.exists = true
    } else if (!failed && this.path === '') {
      this.path = path
      this.exists = true
      this.buffer.modified = false
    }
    return !failed
  }

  readFile(path: string, row: number): void {
    const { text, error } = this.files.read(path)
    if (error !== undefined) throw new ExError(error)
    if (text === undefined) throw new ExError(`E484: Can't open file ${path}`)
    this.checkpoint()
    this.buffer.lines.splice(row + 1, 0, ...text.replace(/\n$/, '').split('\n'))
    this.moveTo(row + 1, true)
  }

  set(option: string): void {
    const m = /^(no|inv)?([a-zA-Z_]+)([!?&]|[-+^]?[=:](.*))?$/.exec(option)
    if (!m) throw new ExError(`E518: Unknown option: ${option}`)
    const full = (n: string): string => SHORT[n] ?? n
    const whole = full((m[1] ?? '') + m[2])
    const negated = m[1] !== undefined && !(whole in this.options)
    const name = negated ? full(m[2]) : whole
    if (!(name in this.options)) {
      if (IGNORED.test(m[2]) || IGNORED.test((m[1] ?? '') + m[2])) return
      throw new ExError(`E518: Unknown option: ${option}`)
    }
    if (m[3] === '?')
      this.message =
        typeof this.options[name] === 'number'
          ? `  ${name}=${this.options[name]}`
          : `${this.options[name] ? '  ' : 'no'}${name}`
    else if (m[3] === '!' || m[1] === 'inv') this.options[name] = !this.options[name]
    else if (m[4] !== undefined) this.options[name] = typeof this.options[name] === 'number' ? Number(m[4]) : true
    else if (typeof this.options[name] === 'number') this.message = `  ${name}=${this.options[name]}`
    else this.options[name] = !negated
  }

  ignoreCase(pattern: string): boolean {
    return Boolean(this.options.ignorecase) && !(this.options.smartcase && /[A-Z]/.test(pattern))
  }

  yank(text: string, lines: boolean): void {
    const value = { text, lines }
    const name = this.register
    this.register = '"'
    if (name === '_') return
    if (/[A-Z]/.test(name)) {
      const old = this.registers.get(name.toLowerCase())
      this.registers.set(name.toLowerCase(), { text: (old ? old.text + (lines ? '\n' : '') : '') + text, lines })
    } else this.registers.set(name, value)
    this.registers.set('"', value)
  }

  /** Row and column of the next match; throws when there is none. */
  searchFrom(pattern: string, direction: 1 | -1): Spot {
    const source = pattern || this.lastSearch
    if (source === '') throw new ExError('E35: No previous regular expression')
    this.lastSearch = source
    let regex: RegExp
    try {
      regex = vimRegex(source, this.ignoreCase(source))
    } catch (error) {
      if (error instanceof RegexError) throw new ExError(`E486: Pattern not found: ${source}`)
      throw error
    }
    const hits: Spot[] = []
    for (let row = 0; row < this.buffer.size; row++)
      for (const m of this.buffer.line(row).matchAll(regex)) hits.push({ row, col: m.index })
    if (hits.length === 0) throw new ExError(`E486: Pattern not found: ${source}`)
    const after = (s: Spot): boolean => s.row > this.at.row || (s.row === this.at.row && s.col > this.at.col)
    const before = (s: Spot): boolean => s.row < this.at.row || (s.row === this.at.row && s.col < this.at.col)
    const hit = direction === 1 ? hits.find(after) : hits.findLast(before)
    if (hit) return hit
    this.message = direction === 1 ? 'search hit BOTTOM, continuing at TOP' : 'search hit TOP, continuing at BOTTOM'
    return direction === 1 ? hits[0] : hits[hits.length - 1]
  }

  joinLines(from: number, to: number): void {
    for (let n = to - from; n > 0 && from + 1 < this.buffer.size; n--) {
      const a = this.buffer.line(from).replace(/\s+$/, '')
      const b = this.buffer.line(from + 1).trimStart()
      this.buffer.lines.splice(from, 2, b === '' ? a : `${a}${a === '' || b.startsWith(')') ? '' : ' '}${b}`)
      this.at = { row: from, col: a.length }
    }
    this.clamp()
  }

  shift(from: number, to: number, times: number): void {
    const width = Number(this.options.shiftwidth) || Number(this.options.tabstop)
    const tab = Number(this.options.tabstop)
    for (let r = from; r <= to && r < this.buffer.size; r++) {
      const line = this.buffer.line(r)
      if (line.trim() === '') continue
      const indent = /^[ \t]*/.exec(line)![0]
      let columns = 0
      for (const c of indent) columns = c === '\t' ? (Math.floor(columns / tab) + 1) * tab : columns + 1
      columns = Math.max(0, columns + times * width)
      const blanks = this.options.expandtab
        ? ' '.repeat(columns)
        : '\t'.repeat(Math.floor(columns / tab)) + ' '.repeat(columns % tab)
      this.buffer.lines[r] = blanks + line.slice(indent.length)
    }
    this.moveTo(from, true)
  }

  /** The state machine: one key after the other, in whatever mode. */
  private *loop(): Reader {
    for (;;) {
      try {
        this.recorded = []
        const key = yield* this.key()
        this.message = ''
        yield* this.command(key)
      } catch (error) {
        if (error instanceof ExError) this.message = error.message
        else if (!(error instanceof Cancel)) throw error
        this.mode = 'normal'
      }
      this.clamp()
    }
  }

  private *key(): Read<KeyText> {
    const k: KeyText = yield
    this.recorded.push(k)
    return k
  }

  private *count(first: KeyText): Read<{ n: number; given: boolean; key: KeyText }> {
    let digits = ''
    let key = first
    while (/^[1-9]$/.test(key) || (digits !== '' && key === '0')) {
      digits += key
      key = yield* this.key()
    }
    return { n: Math.min(Number(digits || 1), 99_999), given: digits !== '', key }
  }

  private *command(first: KeyText): Reader {
    let key = first
    if (key === '"') {
      this.register = yield* this.key()
      key = yield* this.key()
    }
    const counted = yield* this.count(key)
    const { n, given } = counted
    key = counted.key
    if (key === '"') {
      this.register = yield* this.key()
      key = yield* this.key()
    }
    const motion = yield* this.motion(key, n, given)
    if (motion) {
      this.jump(motion, key)
      return
    }
    if (this.mode.startsWith('visual')) {
      yield* this.visual(key, n)
      return
    }
    switch (key) {
      case 'd':
      case 'c':
      case 'y':
      case '>':
      case '<':
      case '=':
        yield* this.operator(key, n, given)
        return
      case 'g':
        yield* this.g(n)
        return
    }
    if (yield* this.inserting(key, n)) return
    if (yield* this.simple(key, n)) return
    if (key !== '<Esc>') this.register = '"'
  }

  private jump(m: Motion, key: KeyText): void {
    const vertical = key === 'j' || key === 'k' || key === '<Up>' || key === '<Down>'
    if (vertical) {
      this.wantCol ??= this.at.col
      this.at = { row: m.to.row, col: this.wantCol }
    } else {
      this.at = { ...m.to }
      this.wantCol = key === '$' || key === '<End>' ? Number.MAX_SAFE_INTEGER : undefined
    }
    this.clamp()
  }

  /** Keys that move. Undefined for anything else. */
  private *motion(key: KeyText, n: number, given: boolean, operator = ''): Read<Motion | undefined> {
    const b = this.buffer
    const { row, col } = this.at
    const char = (to: Spot, inclusive = false): Motion => ({ to, lines: false, inclusive })
    const whole = (r: number): Motion => ({
      to: { row: Math.max(0, Math.min(b.size - 1, r)), col: 0 },
      lines: true,
      inclusive: true,
    })
    const nonBlank = (r: number): Motion => {
      const to = Math.max(0, Math.min(b.size - 1, r))
      return { to: { row: to, col: firstNonBlank(b.line(to)) }, lines: true, inclusive: true }
    }
    const repeat = (step: (at: Spot) => Spot): Spot => {
      let at = { ...this.at }
      for (let i = 0; i < Math.min(n, 10_000); i++) at = step(at)
      return at
    }
    const length = b.line(row).length
    switch (key) {
      case 'h':
      case '<Left>':
      case '<BS>':
        return char({ row, col: Math.max(0, col - n) })
      case 'l':
      case '<Right>':
      case ' ':
        return char({
          row,
          col: Math.min(operator ? length : Math.max(0, length - (this.mode.startsWith('visual') ? 0 : 1)), col + n),
        })
      case 'j':
      case '<Down>':
      case '<C-n>':
        return row + n > b.size - 1 && operator ? undefined : whole(row + n)
      case 'k':
      case '<Up>':
      case '<C-p>':
        return whole(row - n)
      case '+':
      case '<CR>':
        return nonBlank(row + n)
      case '-':
        return nonBlank(row - n)
      case '_':
        return nonBlank(row + n - 1)
      case '0':
      case '<Home>':
        return char({ row, col: 0 })
      case '^':
        return char({ row, col: firstNonBlank(b.line(row)) })
      case '$':
      case '<End>': {
        const r = Math.min(b.size - 1, row + n - 1)
        return char({ row: r, col: Math.max(0, b.line(r).length - 1) }, true)
      }
      case '|':
        return char({ row, col: n - 1 })
      case 'w':
      case 'W': {
        if (operator === 'c' && /\S/.test(b.line(row)[col] ?? ' ')) {
          // cw changes to the end of the word.
          let at = { row, col: col - 1 }
          for (let i = 0; i < n; i++) at = wordEnd(b, at, key === 'W')
          return char(at, true)
        }
        const to = repeat((s) => wordForward(b, s, key === 'W'))
        // dw on the last word of a line stops at its end.
        if (operator && to.row > row) return char({ row: to.row - 1, col: b.line(to.row - 1).length })
        return char(to)
      }
      case 'e':
      case 'E':
        return char(
          repeat((s) => wordEnd(b, s, key === 'E')),
          true,
        )
      case 'b':
      case 'B':
        return char(repeat((s) => wordBack(b, s, key === 'B')))
      case 'G':
        return nonBlank(given ? n - 1 : b.size - 1)
      case 'H':
        return nonBlank(this.top + n - 1)
      case 'L':
        return nonBlank(Math.min(b.size, this.top + this.height) - n)
      case 'M':
        return nonBlank(this.top + Math.floor(Math.min(b.size - this.top, this.height) / 2))
      case '{':
      case '}': {
        const to = repeat((s) => ({ row: paragraph(b, s.row, key === '}' ? 1 : -1), col: 0 }))
        return char(key === '}' && to.row === b.size - 1 ? { row: to.row, col: b.line(to.row).length } : to)
      }
      case '%': {
        if (given) return nonBlank(Math.ceil((n * b.size) / 100) - 1)
        const to = matching(b, this.at)
        if (!to) throw new Cancel()
        return char(to, true)
      }
      case 'f':
      case 'F':
      case 't':
      case 'T': {
        const c = yield* this.key()
        if (c === '<Esc>') throw new Cancel()
        this.lastFind = { how: key, c }
        return this.found(key, c, n)
      }
      case ';':
      case ',': {
        if (!this.lastFind) throw new Cancel()
        const { how, c } = this.lastFind
        return this.found(key === ';' ? how : how === how.toLowerCase() ? how.toUpperCase() : how.toLowerCase(), c, n)
      }
      case '/':
      case '?': {
        const text = yield* this.prompt(key)
        this.searchDirection = key === '/' ? 1 : -1
        return char(this.searchFrom(text.replace(new RegExp(`(?<!\\\\)\\${key}.*$`), ''), this.searchDirection))
      }
      case 'n':
      case 'N': {
        const direction = key === 'n' ? this.searchDirection : this.searchDirection === 1 ? -1 : 1
        this.message = `${direction === 1 ? '/' : '?'}${this.lastSearch}`
        let to = this.at
        for (let i = 0; i < n; i++) {
          to = this.searchFrom('', direction)
          if (i + 1 < n) this.at = to
        }
        return char(to)
      }
      case '*':
      case '#': {
        const word = /[\w]+/g
        for (const m of b.line(row).matchAll(word)) {
          if (m.index + m[0].length <= col) continue
          this.searchDirection = key === '*' ? 1 : -1
          this.at = { row, col: m.index }
          return char(this.searchFrom(`\\<${m[0]}\\>`, this.searchDirection))
        }
        throw new ExError('E348: No string under cursor')
      }
      case "'":
      case '`': {
        const mark = this.marks.get(yield* this.key())
        if (!mark) throw new ExError('E20: Mark not set')
        return key === "'" ? nonBlank(mark.row) : char(mark)
      }
      case '<C-d>':
      case '<C-u>':
      case '<C-f>':
      case '<C-b>':
      case '<PageDown>':
      case '<PageUp>': {
        const page = key === '<C-d>' || key === '<C-u>' ? Math.floor(this.height / 2) : this.height - 2
        const down = key === '<C-d>' || key === '<C-f>' || key === '<PageDown>'
        this.top = Math.max(0, Math.min(b.size - 1, this.top + (down ? page : -page)))
        return nonBlank(row + (down ? page : -page))
      }
    }
    if (key === 'g' && operator) {
      const next = yield* this.key()
      if (next === 'g') return nonBlank(given ? n - 1 : 0)
      throw new Cancel()
    }
    return undefined
  }

  private found(how: string, c: string, n: number): Motion {
    const col = findInLine(this.buffer.line(this.at.row), this.at.col, how, c, n)
    if (col === undefined) throw new Cancel()
    return { to: { row: this.at.row, col }, lines: false, inclusive: how === 'f' || how === 't' }
  }

  private *g(n: number): Reader {
    const key = yield* this.key()
    if (key === 'g') this.moveTo(n - 1, true)
    else if (key === 'v' || key === 'e' || key === 't' || key === 'T') return
    else if (key === 'J') {
      this.checkpoint()
      const { row } = this.at
      const a = this.buffer.line(row)
      if (row + 1 < this.buffer.size) this.buffer.lines.splice(row, 2, a + this.buffer.line(row + 1))
      this.remember()
    } else if (key === 'U' || key === 'u' || key === '~') yield* this.operator(`g${key}`, 1, false)
    else if (key === 'i') {
      this.mode = 'insert'
      yield* this.typing(1)
    }
  }

  private *operator(op: string, count: number, outer: boolean): Reader {
    const counted = yield* this.count(yield* this.key())
    const n = count * counted.n
    const { key } = counted
    const given = outer || counted.given
    if (key === '<Esc>') return
    const { row } = this.at
    const same = key === op || (op.length === 2 && key === op[1])
    if (same) {
      yield* this.applyLines(op, row, Math.min(this.buffer.size - 1, row + n - 1))
      return
    }
    if (key === 'i' || key === 'a') {
      const object = textObject(this.buffer, this.at, key === 'a', yield* this.key())
      if (!object) throw new Cancel()
      if (object.lines) yield* this.applyLines(op, object.from.row, object.to.row)
      else yield* this.apply(op, object.from, object.to)
      return
    }
    const m = yield* this.motion(key, n, given, op)
    if (!m) throw new Cancel()
    if (m.lines) {
      yield* this.applyLines(op, Math.min(row, m.to.row), Math.max(row, m.to.row))
      return
    }
    const [a, z] = m.to.row < row || (m.to.row === row && m.to.col < this.at.col) ? [m.to, this.at] : [this.at, m.to]
    yield* this.apply(op, { ...a }, { row: z.row, col: z.col + (m.inclusive && z === m.to ? 1 : 0) })
  }

  private *apply(op: string, from: Spot, to: Spot): Reader {
    const text = this.buffer.range(from, to)
    if (op === '>' || op === '<' || op === '=') {
      yield* this.applyLines(op, from.row, to.row)
      return
    }
    if (op === 'y') {
      this.yank(text, false)
      this.at = { ...from }
      return
    }
    this.checkpoint()
    if (op.startsWith('g')) {
      this.buffer.remove(from, to)
      this.buffer.insert(from, changeCase(op[1], text))
      this.at = { ...from }
      this.remember()
      return
    }
    this.yank(text, false)
    this.buffer.remove(from, to)
    this.at = { ...from }
    if (op === 'c') {
      this.mode = 'insert'
      yield* this.typing(1)
    } else this.remember()
  }

  private *applyLines(op: string, from: number, to: number): Reader {
    const b = this.buffer
    if (op === 'y') {
      this.yank(b.lines.slice(from, to + 1).join('\n'), true)
      this.at = { row: from, col: this.at.col }
      if (to - from >= 2) this.message = `${to - from + 1} lines yanked`
      return
    }
    this.checkpoint()
    if (op === '>' || op === '<') this.shift(from, to, op === '>' ? 1 : -1)
    else if (op.startsWith('g')) for (let r = from; r <= to; r++) b.lines[r] = changeCase(op[1], b.line(r))
    else if (op === 'd') {
      this.yank(b.removeLines(from, to).join('\n'), true)
      this.moveTo(Math.min(from, b.size - 1), true)
      if (to - from >= 2) this.message = `${to - from + 1} fewer lines`
    } else if (op === 'c') {
      this.yank(b.lines.slice(from, to + 1).join('\n'), true)
      const indent = this.options.autoindent ? /^[ \t]*/.exec(b.line(from))![0] : ''
      b.lines.splice(from, to - from + 1, indent)
      this.at = { row: from, col: indent.length }
      this.mode = 'insert'
      yield* this.typing(1)
      return
    }
    this.remember()
  }

  /** Commands that begin insert mode. */
  private *inserting(key: KeyText, n: number): Read<boolean> {
    const b = this.buffer
    const { row, col } = this.at
    const line = b.line(row)
    const open = (at: number): void => {
      const indent = this.options.autoindent && !this.options.paste ? /^[ \t]*/.exec(line)![0] : ''
      b.lines.splice(at, 0, indent)
      this.at = { row: at, col: indent.length }
    }
    const starts: Record<string, () => void> = {
      i: () => {},
      '<Insert>': () => {},
      I: () => (this.at.col = firstNonBlank(line)),
      a: () => (this.at.col = Math.min(line.length, col + 1)),
      A: () => (this.at.col = line.length),
      o: () => open(row + 1),
      O: () => open(row),
      s: () => {
        this.yank(line.slice(col, col + n), false)
        b.lines[row] = line.slice(0, col) + line.slice(col + n)
      },
      C: () => {
        this.yank(line.slice(col), false)
        b.lines[row] = line.slice(0, col)
      },
      S: () => {
        this.yank(line, true)
        b.lines[row] = ''
        this.at.col = 0
      },
      R: () => {},
    }
    const start = starts[key]
    if (!start) return false
    this.checkpoint()
    this.mode = key === 'R' ? 'replace' : 'insert'
    start()
    yield* this.typing(key === 's' || key === 'C' || key === 'S' ? 1 : n)
    return true
  }

  /** Insert mode until Escape. */
  private *typing(count: number): Reader {
    let typed = ''
    const put = (text: string): void => {
      if (this.mode === 'replace' && text !== '\n') {
        const line = this.buffer.line(this.at.row)
        this.buffer.lines[this.at.row] = line.slice(0, this.at.col) + text + line.slice(this.at.col + text.length)
        this.at.col += text.length
      } else this.at = this.buffer.insert(this.at, text)
      typed += text
    }
    for (;;) {
      const key = yield* this.key()
      const { row, col } = this.at
      const line = this.buffer.line(row)
      if (key === '<Esc>' || key === '<C-c>') break
      if (key === '<CR>') {
        const indent = this.options.autoindent && !this.options.paste ? /^[ \t]*/.exec(line)![0].slice(0, col) : ''
        put(`\n${indent}`)
      } else if (key === '<Tab>') {
        const width = Number(this.options.softtabstop) || Number(this.options.tabstop)
        put(this.options.expandtab && !this.options.paste ? ' '.repeat(width - (col % width)) : '\t')
      } else if (key === '<BS>' || key === '<C-h>') {
        typed = typed.slice(0, -1)
        if (col > 0) {
          const sts = Number(this.options.softtabstop)
          const blanks = / *$/.exec(line.slice(0, col))![0].length
          const gone = sts > 0 && blanks > 0 ? Math.min(blanks, col % sts || sts) : 1
          this.buffer.lines[row] = line.slice(0, col - gone) + line.slice(col)
          this.at.col = col - gone
        } else if (row > 0) {
          const previous = this.buffer.line(row - 1)
          this.buffer.lines.splice(row - 1, 2, previous + line)
          this.at = { row: row - 1, col: previous.length }
        }
      } else if (key === '<Del>') {
        if (col < line.length) this.buffer.lines[row] = line.slice(0, col) + line.slice(col + 1)
      } else if (key === '<C-w>') {
        const from = /(\w+|[^\w\s]+)?\s*$/.exec(line.slice(0, col))!.index
        this.buffer.lines[row] = line.slice(0, from) + line.slice(col)
        this.at.col = from
      } else if (key === '<C-u>') {
        this.buffer.lines[row] = line.slice(col)
        this.at.col = 0
      } else if (key === '<C-t>' || key === '<C-d>') {
        this.shift(row, row, key === '<C-t>' ? 1 : -1)
        this.at.col = Math.max(0, col + this.buffer.line(row).length - line.length)
      } else if (key === '<C-r>') put(this.registers.get(yield* this.key())?.text ?? '')
      else if (key === '<Left>') this.at.col = Math.max(0, col - 1)
      else if (key === '<Right>') this.at.col = Math.min(line.length, col + 1)
      else if (key === '<Up>') this.moveTo(row - 1, false, col)
      else if (key === '<Down>') this.moveTo(row + 1, false, col)
      else if (key === '<Home>') this.at.col = 0
      else if (key === '<End>') this.at.col = line.length
      else if (!/^<.+>$/s.test(key) || key.length === 1) {
        // Pasted text without :set paste is indented like typed text.
        if (key.includes('\n') && this.options.autoindent && !this.options.paste) {
          for (const [i, part] of key.split('\n').entries())
            put(i === 0 ? part : `\n${/^[ \t]*/.exec(this.buffer.line(this.at.row))![0]}${part}`)
        } else put(key)
      }
    }
    for (let i = 1; i < Math.min(count, 1000); i++) this.at = this.buffer.insert(this.at, typed)
    this.mode = 'normal'
    this.at.col = Math.max(0, this.at.col - 1)
    this.wantCol = undefined
    this.remember()
  }

  private remember(): void {
    if (!this.replaying) this.lastChange = [...this.recorded]
  }

  /** Single-key commands. */
  private *simple(key: KeyText, n: number): Read<boolean> {
    const b = this.buffer
    const { row, col } = this.at
    const line = b.line(row)
    switch (key) {
      case 'x':
      case '<Del>':
      case 'X': {
        if (line === '') return true
        this.checkpoint()
        const from = key === 'X' ? Math.max(0, col - n) : col
        const to = key === 'X' ? col : Math.min(line.length, col + n)
        this.yank(line.slice(from, to), false)
        b.lines[row] = line.slice(0, from) + line.slice(to)
        this.at.col = from
        break
      }
      case 'D':
        this.checkpoint()
        this.yank(line.slice(col), false)
        b.lines[row] = line.slice(0, col)
        break
      case 'Y':
        this.yank(b.lines.slice(row, row + n).join('\n'), true)
        return true
      case 'p':
      case 'P':
        this.put(key === 'P', n)
        break
      case 'r': {
        const c = yield* this.key()
        if (c === '<Esc>' || col + n > line.length) return true
        this.checkpoint()
        if (c === '<CR>') this.at = b.insert({ row, col }, '\n')
        b.lines[this.at.row] =
          c === '<CR>' ? b.line(this.at.row).slice(1) : line.slice(0, col) + c.repeat(n) + line.slice(col + n)
        if (c !== '<CR>') this.at.col = col + n - 1
        break
      }
      case 'J':
        this.checkpoint()
        this.joinLines(row, Math.min(b.size - 1, row + Math.max(1, n - 1)))
        break
      case '~':
        this.checkpoint()
        b.lines[row] = line.slice(0, col) + changeCase('~', line.slice(col, col + n)) + line.slice(col + n)
        this.at.col = col + n
        break
      case '<C-a>':
      case '<C-x>': {
        const m = [...line.matchAll(/-?\d+/g)].find((x) => x.index + x[0].length > col)
        if (!m) return true
        this.checkpoint()
        const next = String(Number(m[0]) + (key === '<C-a>' ? n : -n))
        b.lines[row] = line.slice(0, m.index) + next + line.slice(m.index + m[0].length)
        this.at.col = m.index + next.length - 1
        break
      }
      case 'u':
        for (let i = 0; i < n; i++) this.undo()
        return true
      case '<C-r>':
        for (let i = 0; i < n; i++) this.undo(true)
        return true
      case '.': {
        if (this.replaying || this.lastChange.length === 0) return true
        this.replaying = true
        for (let i = 0; i < n; i++) this.feed(this.lastChange)
        this.replaying = false
        return true
      }
      case ':': {
        const text = yield* this.prompt(':')
        execute(this, text)
        return true
      }
      case 'v':
      case 'V':
      case '<C-v>':
        this.mode = key === 'v' ? 'visual' : key === 'V' ? 'visual-line' : 'visual-block'
        this.anchor = { ...this.at }
        while (this.mode.startsWith('visual') && this.exit === undefined) {
          const next = yield* this.key()
          yield* this.command(next)
          if (this.mode.startsWith('visual')) this.clamp()
        }
        return true
      case 'm':
        this.marks.set(yield* this.key(), { ...this.at })
        return true
      case 'q': {
        if (this.macro) {
          this.registers.set(this.macro.name, { text: joinKeys(this.macro.keys.slice(0, -1)), lines: false })
          this.macro = undefined
        } else this.macro = { name: yield* this.key(), keys: [] }
        return true
      }
      case '@': {
        const keys = this.registers.get(yield* this.key())?.text ?? ''
        for (let i = 0; i < Math.min(n, 1000); i++) this.feed(keys)
        return true
      }
      case 'Z': {
        const next = yield* this.key()
        if (next === 'Z') execute(this, 'x')
        else if (next === 'Q') execute(this, 'q!')
        return true
      }
      case 'z': {
        const next = yield* this.key()
        if (next === 't' || next === '<CR>') this.top = row
        else if (next === 'z' || next === '.') this.top = Math.max(0, row - Math.floor(this.height / 2))
        else if (next === 'b' || next === '-') this.top = Math.max(0, row - this.height + 1)
        return true
      }
      case '<C-e>':
      case '<C-y>':
        this.top = Math.max(0, Math.min(b.size - 1, this.top + (key === '<C-e>' ? n : -n)))
        return true
      case '<C-g>':
        this.message = `"${this.path}"${b.modified ? ' [Modified]' : ''} ${b.size} lines --${Math.floor(((row + 1) * 100) / b.size)}%--`
        return true
      case '<C-c>':
        this.message = 'Type  :qa  and press <Enter> to exit Vim'
        return true
      case '&':
        execute(this, 's')
        return true
      case 'K':
      case 'Q':
        return true
      default:
        return false
    }
    this.remember()
    return true
  }

  private put(before: boolean, n: number): void {
    const register = this.registers.get(this.register === '"' ? '"' : this.register.toLowerCase())
    const name = this.register
    this.register = '"'
    if (!register) throw new ExError(`E353: Nothing in register ${name}`)
    this.checkpoint()
    const b = this.buffer
    const { row, col } = this.at
    if (register.lines) {
      const lines = Array.from({ length: Math.min(n, 10_000) }, () => register.text.split('\n')).flat()
      const at = before ? row : row + 1
      b.lines.splice(at, 0, ...lines)
      this.moveTo(at, true)
      if (lines.length >= 3) this.message = `${lines.length} more lines`
      return
    }
    const text = register.text.repeat(Math.min(n, 10_000))
    const at = { row, col: before || b.line(row) === '' ? col : col + 1 }
    const end = b.insert(at, text)
    this.at = text.includes('\n') ? at : { row: end.row, col: Math.max(0, end.col - 1) }
  }

  /** Keys in visual mode that are no motions. */
  private *visual(key: KeyText, n: number): Reader {
    const linewise = this.mode === 'visual-line'
    const block = this.mode === 'visual-block'
    const [a, z] =
      this.at.row < this.anchor.row || (this.at.row === this.anchor.row && this.at.col < this.anchor.col)
        ? [this.at, this.anchor]
        : [this.anchor, this.at]
    const from = { ...a }
    const to = { row: z.row, col: z.col + 1 }
    if (to.col > this.buffer.line(to.row).length) {
      // The cursor stands behind the line's end: its newline belongs to the selection.
      const joins = !linewise && !block && to.row + 1 < this.buffer.size
      to.col = joins ? 0 : this.buffer.line(to.row).length
      if (joins) to.row++
    }
    this.marks.set('<', { ...from })
    this.marks.set('>', { ...z })
    const done = (): void => {
      this.mode = 'normal'
    }
    switch (key) {
      case '<Esc>':
      case '<C-c>':
      case 'v':
        done()
        return
      case 'V':
        if (linewise) done()
        else this.mode = 'visual-line'
        return
      case '<C-v>':
        if (block) done()
        else this.mode = 'visual-block'
        return
      case 'o': {
        const other = this.anchor
        this.anchor = { ...this.at }
        this.at = { ...other }
        return
      }
      case 'g': {
        const next = yield* this.key()
        if (next === 'g') this.moveTo(n - 1, true)
        else if (next === 'U' || next === 'u' || next === '~') {
          done()
          yield* linewise ? this.applyLines(`g${next}`, from.row, to.row) : this.apply(`g${next}`, from, to)
        }
        return
      }
      case 'i':
      case 'a': {
        const object = textObject(this.buffer, this.at, key === 'a', yield* this.key())
        if (!object) return
        this.anchor = { ...object.from }
        this.at = { row: object.to.row, col: Math.max(0, object.to.col - 1) }
        return
      }
      case ':': {
        const text = yield* this.prompt(":'<,'>")
        done()
        execute(this, `'<,'>${text}`)
        return
      }
      case 'J':
        done()
        this.checkpoint()
        this.joinLines(from.row, Math.max(from.row + 1, to.row))
        return
      case 'r': {
        const c = yield* this.key()
        done()
        this.checkpoint()
        for (let r = from.row; r <= to.row; r++) {
          const line = this.buffer.line(r)
          const [x, y] = linewise
            ? [0, line.length]
            : [r === from.row ? from.col : 0, r === to.row ? to.col : line.length]
          this.buffer.lines[r] = line.slice(0, x) + c.repeat(Math.max(0, y - x)) + line.slice(y)
        }
        this.at = from
        return
      }
      case 'p':
      case 'P': {
        const register = this.registers.get(this.register)
        done()
        this.checkpoint()
        const gone = linewise ? this.buffer.removeLines(from.row, to.row).join('\n') : this.buffer.range(from, to)
        if (linewise) this.buffer.lines.splice(from.row, 0, ...(register?.text ?? '').split('\n'))
        else {
          this.buffer.remove(from, to)
          this.buffer.insert(from, register?.text ?? '')
        }
        this.yank(gone, linewise)
        this.at = from
        return
      }
      case '>':
      case '<':
        done()
        this.checkpoint()
        this.shift(from.row, to.row, key === '>' ? n : -n)
        this.remember()
        return
      case 'I':
      case 'A':
        if (block) {
          yield* this.blockInsert(key, from.row, to.row)
          return
        }
        done()
        return
    }
    const op = {
      d: 'd',
      x: 'd',
      X: 'd',
      D: 'd',
      y: 'y',
      Y: 'y',
      c: 'c',
      s: 'c',
      S: 'c',
      C: 'c',
      u: 'gu',
      U: 'gU',
      '~': 'g~',
      '=': '=',
      '<Del>': 'd',
    }[key]
    if (!op) return
    done()
    if (block && (op === 'd' || op === 'y')) {
      const [x, y] = [Math.min(this.anchor.col, this.at.col), Math.max(this.anchor.col, this.at.col) + 1]
      this.yank(
        this.buffer.lines
          .slice(from.row, to.row + 1)
          .map((l) => l.slice(x, y))
          .join('\n'),
        false,
      )
      if (op === 'd') {
        this.checkpoint()
        for (let r = from.row; r <= to.row; r++)
          this.buffer.lines[r] = this.buffer.line(r).slice(0, x) + this.buffer.line(r).slice(y)
      }
      this.at = { row: from.row, col: x }
      return
    }
    if (linewise || /[XDYSC]/.test(key)) yield* this.applyLines(op, from.row, to.row)
    else yield* this.apply(op, from, to)
  }

  /** Ctrl-V … I or A: what is typed on the first line appears on all of them. */
  private *blockInsert(key: string, from: number, to: number): Reader {
    const col = key === 'I' ? Math.min(this.anchor.col, this.at.col) : Math.max(this.anchor.col, this.at.col) + 1
    this.checkpoint()
    this.mode = 'insert'
    this.at = { row: from, col: Math.min(col, this.buffer.line(from).length) }
    const before = this.buffer.line(from)
    yield* this.typing(1)
    const after = this.buffer.line(from)
    const typed = after.slice(col, col + after.length - before.length)
    for (let r = from + 1; r <= to; r++) {
      const line = this.buffer.line(r)
      if (key === 'I' && line.length < col) continue
      this.buffer.lines[r] = line.padEnd(col).slice(0, col) + typed + line.slice(col)
    }
    this.at = { row: from, col }
  }

  /** Reads a command line. Escape and an emptied line cancel. */
  private *prompt(mark: string): Read<string> {
    let text = ''
    const mode = this.mode
    this.mode = 'command'
    for (;;) {
      this.commandLine = mark + text
      const key = yield* this.key()
      if (key === '<CR>') break
      if (key === '<Esc>' || key === '<C-c>') text = ''
      if (key === '<Esc>' || key === '<C-c>' || (key === '<BS>' && text === '')) {
        this.commandLine = ''
        this.mode = mode
        throw new Cancel()
      }
      if (key === '<BS>') text = text.slice(0, -1)
      else if (key === '<C-u>') text = ''
      else if (key === '<C-w>') text = text.replace(/\S*\s*$/, '')
      else if (key === '<Tab>') text += '\t'
      else if (key.length === 1 || !/^<.*>$/.test(key)) text += key
    }
    this.commandLine = ''
    this.mode = mode
    return text
  }
}

function changeCase(how: string, text: string): string {
  if (how === 'U') return text.toUpperCase()
  if (how === 'u') return text.toLowerCase()
  return [...text].map((c) => (c === c.toUpperCase() ? c.toLowerCase() : c.toUpperCase())).join('')
}

const CONTROL: Record<string, string> = {
  '\r': '<CR>',
  '\n': '<CR>',
  '\x1b': '<Esc>',
  '\t': '<Tab>',
  '\x7f': '<BS>',
  '\b': '<BS>',
}

const RAW: Record<string, string> = { '<CR>': '\r', '<Esc>': '\x1b', '<Tab>': '\t', '<BS>': '\x7f' }

/** Keys as raw text: what a register keeps of a macro. */
const joinKeys = (keys: readonly KeyText[]): string =>
  keys
    .map(
      (k) => RAW[k] ?? (/^<C-[a-z]>$/.test(k) ? String.fromCharCode(k.charCodeAt(3) - 96) : /^<\w+>$/.test(k) ? '' : k),
    )
    .join('')

/** Splits raw input into keys. */
export function splitKeys(text: string): KeyText[] {
  return [...text].map((c) => CONTROL[c] ?? (c < ' ' ? `<C-${String.fromCharCode(c.charCodeAt(0) + 96)}>` : c))
}
