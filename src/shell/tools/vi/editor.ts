import { RegexError } from '../../text/regex.ts'
import { Buffer, type Spot } from './buffer.ts'
import { ExError } from './ex-error.ts'
import { inserting } from './insert.ts'
import { Cancel, type KeyText, type Read, type Reader, splitKeys } from './keys.ts'
import { firstNonBlank, type Motion } from './motions.ts'
import { motion } from './moving.ts'
import { simple } from './normal.ts'
import { afterG, operator } from './operators.ts'
import { Options } from './options.ts'
import { vimRegex } from './pattern.ts'
import { Registers } from './registers.ts'
import { visual } from './visual.ts'

/** How the editor reaches files. Errors come back as vim's message. */
export interface EditorFiles {
  /** Text, undefined for a new file, or an error. */
  read(path: string): { text: string | undefined; error?: string }
  /** The message to show; `failed` keeps the buffer modified. */
  write(path: string, text: string, append: boolean): { message: string; failed: boolean }
}

type Mode = 'normal' | 'insert' | 'replace' | 'visual' | 'visual-line' | 'visual-block' | 'command'

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
  readonly settings = new Options()
  readonly registers = new Registers()
  /** Other end of the visual selection. */
  anchor: Spot = { row: 0, col: 0 }
  /** Height of the text area, for Ctrl-D and friends. */
  height = 23
  top = 0
  searchDirection: 1 | -1 = 1
  lastFind: { how: string; c: string } | undefined
  recorded: KeyText[] = []
  lastChange: KeyText[] = []
  replaying = false
  wantCol: number | undefined
  machine: Reader
  macro: { name: string; keys: KeyText[] } | undefined

  /** Values of the options, by long name. */
  get options(): Record<string, boolean | number> {
    return this.settings.values
  }

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

  clamp(): void {
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

  /** Row and column of the next match; throws when there is none. */
  searchFrom(pattern: string, direction: 1 | -1): Spot {
    const source = pattern || this.lastSearch
    if (source === '') throw new ExError('E35: No previous regular expression')
    this.lastSearch = source
    let regex: RegExp
    try {
      regex = vimRegex(source, this.settings.ignoreCase(source))
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
  *loop(): Reader {
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

  *key(): Read<KeyText> {
    const k: KeyText = yield
    this.recorded.push(k)
    return k
  }

  *count(first: KeyText): Read<{ n: number; given: boolean; key: KeyText }> {
    let digits = ''
    let key = first
    while (/^[1-9]$/.test(key) || (digits !== '' && key === '0')) {
      digits += key
      key = yield* this.key()
    }
    return { n: Math.min(Number(digits || 1), 99_999), given: digits !== '', key }
  }

  *command(first: KeyText): Reader {
    let key = first
    if (key === '"') {
      this.registers.chosen = yield* this.key()
      key = yield* this.key()
    }
    const counted = yield* this.count(key)
    const { n, given } = counted
    key = counted.key
    if (key === '"') {
      this.registers.chosen = yield* this.key()
      key = yield* this.key()
    }
    const moved = yield* motion(this, key, n, given)
    if (moved) {
      this.jump(moved, key)
      return
    }
    if (this.mode.startsWith('visual')) {
      yield* visual(this, key, n)
      return
    }
    switch (key) {
      case 'd':
      case 'c':
      case 'y':
      case '>':
      case '<':
      case '=':
        yield* operator(this, key, n, given)
        return
      case 'g':
        yield* afterG(this, n)
        return
    }
    if (yield* inserting(this, key, n)) return
    if (yield* simple(this, key, n)) return
    if (key !== '<Esc>') this.registers.chosen = '"'
  }

  jump(m: Motion, key: KeyText): void {
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

  remember(): void {
    if (!this.replaying) this.lastChange = [...this.recorded]
  }

  /** Reads a command line. Escape and an emptied line cancel. */
  *prompt(mark: string): Read<string> {
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
