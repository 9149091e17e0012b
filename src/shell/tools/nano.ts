import { type Process, type Program, SysError } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { controllingTerminal } from '../jobs/terminal.ts'
import { type Key, keyName, type RawMode, ttyOf } from '../tty/index.ts'
import { Buffer, type Spot } from './vi/buffer.ts'

const HELP = [
  '^G Help      ^O Write Out ^W Where Is  ^K Cut       ^T Execute   ^C Location',
  '^X Exit      ^R Read File ^\\ Replace   ^U Paste     ^J Justify   ^/ Go To Line',
]

/** GNU nano with the keys that people use: arrows, Ctrl-O, Ctrl-X, Ctrl-K, Ctrl-U, Ctrl-W, Ctrl-G-less. */
export const nano: Program = {
  name: 'nano',
  *main(p) {
    const path = p.argv.slice(1).find((a) => !/^[-+]/.test(a)) ?? ''
    const tty = ttyOf(p, controllingTerminal(p))
    if (!tty) {
      p.stderr.write('Standard input is not a terminal\n')
      return 1
    }
    const raw = tty.openRaw()
    try {
      yield* new Editor(p, path, raw).run()
    } finally {
      raw.close()
    }
    return 0
  },
}

/** A question on the status line. `act` gets the answer; a choice takes the first letter typed of those it names. */
interface Question {
  readonly text: string
  answer: string
  readonly choice?: RegExp
  act(answer: string): void
}

class Editor {
  private buffer = new Buffer('')
  private at: Spot = { row: 0, col: 0 }
  private top = 0
  private cut: string[] = []
  private message: string
  private question: Question | undefined
  private done = false

  constructor(
    private readonly p: Process,
    private readonly path: string,
    private readonly raw: RawMode,
  ) {
    try {
      this.buffer = new Buffer(path === '' ? '' : p.fs.readFile(path, p.cwd, p.creds))
      this.message = `[ Read ${this.buffer.size} line${this.buffer.size === 1 ? '' : 's'} ]`
    } catch (error) {
      if (!(error instanceof SysError)) throw error
      this.message = error.code === 'ENOENT' ? '[ New File ]' : `[ ${error.message} ]`
    }
  }

  *run(): Coro {
    while (!this.done) {
      this.draw()
      const key = yield* this.raw.readKey()
      if (!key) continue
      if (this.question) this.reply(this.question, key)
      else {
        this.message = ''
        this.press(key)
        this.at.col = Math.min(this.at.col, this.buffer.line(this.at.row).length)
      }
    }
  }

  /** Rows of text on the screen. */
  private get height(): number {
    return Math.max(1, this.raw.rows - 4)
  }

  private draw(): void {
    const { raw, at, buffer, height } = this
    if (at.row < this.top) this.top = at.row
    if (at.row >= this.top + height) this.top = at.row - height + 1
    const title = `  GNU nano 7.2${`${this.path || 'New Buffer'}`.padStart(Math.floor(raw.cols / 2))}${buffer.modified ? ' *' : ''}`
    const text = Array.from({ length: height }, (_, i) => (buffer.lines[this.top + i] ?? '').slice(0, raw.cols))
    const status = this.question
      ? this.question.text + this.question.answer
      : this.message.padStart(Math.floor((raw.cols + this.message.length) / 2))
    raw.paint({
      lines: [
        `\x1b[7m${title.padEnd(raw.cols).slice(0, raw.cols)}\x1b[0m`,
        ...text,
        status,
        ...HELP.map((h) => h.slice(0, raw.cols)),
      ],
      cursor: this.question
        ? { row: height + 1, column: status.length }
        : { row: 1 + at.row - this.top, column: Math.min(at.col, raw.cols - 1) },
    })
  }

  private reply(question: Question, key: Key): void {
    const name = keyName(key)
    const answer = (text: string): void => {
      this.question = undefined
      question.act(text)
    }
    if (name === 'enter') answer(question.answer)
    else if (name === 'C-c' || name === 'escape') {
      this.question = undefined
      this.message = '[ Cancelled ]'
    } else if (name === 'backspace') question.answer = question.answer.slice(0, -1)
    else if (question.choice?.test(key.text ?? '')) answer((key.text ?? '').toLowerCase())
    else if (key.name === 'char') question.answer += key.text ?? ''
  }

  private press(key: Key): void {
    const name = keyName(key)
    const move = MOVES[name]
    const command = this.commands[name]
    if (move) this.at = move(this.at, this.buffer, this.height)
    else if (command) command()
    else if (!key.ctrl && !key.alt) this.type(typedText(name, key))
  }

  private readonly commands: Readonly<Record<string, () => void>> = {
    'C-x': () => this.exit(),
    'C-o': () => this.askName(this.path, (file) => this.save(file)),
    'C-s': () => this.askName(this.path, (file) => this.save(file)),
    'C-w': () => this.ask({ text: 'Search: ', answer: '', act: (what) => this.search(what) }),
    'C-k': () => {
      this.cut = this.buffer.removeLines(this.at.row, this.at.row)
      this.changed({ row: Math.min(this.at.row, this.buffer.size - 1), col: 0 })
    },
    'C-u': () => {
      this.buffer.lines.splice(this.at.row, 0, ...this.cut)
      this.changed({ row: this.at.row + this.cut.length, col: 0 })
    },
    backspace: () => this.backspace(),
    'C-h': () => this.backspace(),
    delete: () => this.delete(),
    'C-d': () => this.delete(),
  }

  private ask(question: Question): void {
    this.question = question
  }

  private askName(path: string, act: (file: string) => void): void {
    this.ask({ text: 'File Name to Write: ', answer: path, act })
  }

  private exit(): void {
    if (!this.buffer.modified) this.done = true
    else
      this.ask({
        text: 'Save modified buffer? ',
        answer: '',
        choice: /^[yn]$/i,
        act: (answer) => {
          if (answer === 'n') this.done = true
          else
            this.askName(this.path, (file) => {
              this.done = this.save(file)
            })
        },
      })
  }

  private save(name: string): boolean {
    const { buffer, p } = this
    try {
      p.fs.writeFile(name, buffer.text, { cwd: p.cwd, creds: p.creds })
      buffer.modified = false
      this.message = `[ Wrote ${buffer.text === '' ? 0 : buffer.size} line${buffer.size === 1 ? '' : 's'} ]`
      return true
    } catch (error) {
      if (!(error instanceof SysError)) throw error
      this.message = `[ Error writing ${name}: ${error.strerror} ]`
      return false
    }
  }

  /** From behind the cursor on, round the end of the file. */
  private search(what: string): void {
    const { buffer, at } = this
    for (let i = 0; i < buffer.size; i++) {
      const row = (at.row + i) % buffer.size
      const col = buffer.line(row).indexOf(what, i === 0 ? at.col + 1 : 0)
      if (col < 0) continue
      this.at = { row, col }
      return
    }
    this.message = `[ "${what}" not found ]`
  }

  private backspace(): void {
    const { buffer, at } = this
    if (at.col > 0) {
      const line = buffer.line(at.row)
      buffer.lines[at.row] = line.slice(0, at.col - 1) + line.slice(at.col)
      this.changed({ row: at.row, col: at.col - 1 })
    } else if (at.row > 0) {
      const before = { row: at.row - 1, col: buffer.line(at.row - 1).length }
      buffer.remove(before, { row: at.row, col: 0 })
      this.changed({ ...before })
    } else this.changed(at)
  }

  private delete(): void {
    const { buffer, at } = this
    const line = buffer.line(at.row)
    if (at.col < line.length) buffer.lines[at.row] = line.slice(0, at.col) + line.slice(at.col + 1)
    else if (at.row + 1 < buffer.size) buffer.remove(at, { row: at.row + 1, col: 0 })
    this.changed(at)
  }

  private type(text: string): void {
    if (text !== '') this.changed(this.buffer.insert(this.at, text))
  }

  private changed(at: Spot): void {
    this.buffer.modified = true
    this.at = at
  }
}

const typedText = (name: string, key: Key): string =>
  name === 'enter'
    ? '\n'
    : name === 'tab'
      ? '\t'
      : key.name === 'char' || key.name === 'paste'
        ? (key.text ?? '').replace(/\r\n?/g, '\n')
        : ''

type Move = (at: Spot, buffer: Buffer, height: number) => Spot

const up: Move = ({ row, col }) => ({ row: Math.max(0, row - 1), col })
const down: Move = ({ row, col }, buffer) => ({ row: Math.min(buffer.size - 1, row + 1), col })
const pageUp: Move = ({ row }, _buffer, height) => ({ row: Math.max(0, row - height), col: 0 })
const pageDown: Move = ({ row }, buffer, height) => ({ row: Math.min(buffer.size - 1, row + height), col: 0 })
const left: Move = ({ row, col }) => ({ row, col: Math.max(0, col - 1) })
const right: Move = ({ row, col }) => ({ row, col: col + 1 })
const home: Move = ({ row }) => ({ row, col: 0 })
const end: Move = ({ row }, buffer) => ({ row, col: buffer.line(row).length })

/** Where keys take the cursor; a column beyond the line's end becomes its end. */
const MOVES: Readonly<Record<string, Move>> = {
  up,
  'C-p': up,
  down,
  'C-n': down,
  pageup: pageUp,
  'C-y': pageUp,
  pagedown: pageDown,
  'C-v': pageDown,
  left,
  'C-b': left,
  right,
  'C-f': right,
  home,
  'C-a': home,
  end,
  'C-e': end,
}
