import { type Key, keyName } from './key.ts'

const WORD = /[\p{L}\p{N}_]/u

/** Text is handled by grapheme clusters, so that an emoji or an accent is one step of the cursor. */
const segmenter = new Intl.Segmenter()
const graphemes = (text: string): string[] => Array.from(segmenter.segment(text), (s) => s.segment)

/** Longer lines are cut: nothing that is typed may grow without bound. */
const MAX_LENGTH = 64 * 1024

interface State {
  readonly cells: readonly string[]
  readonly cursor: number
}

/** A line of text with readline's Emacs keys. Pure: it knows neither history nor completion nor the screen. */
export class EditLine {
  private cells: string[] = []
  private at = 0
  private undoStack: State[] = []
  private kills: string[] = []
  private lastKill: 'append' | 'prepend' | undefined
  private yanked: { start: number; length: number; ring: number } | undefined

  get text(): string {
    return this.cells.join('')
  }

  /** Text before the cursor. */
  get before(): string {
    return this.cells.slice(0, this.at).join('')
  }

  /** Text behind the cursor. */
  get after(): string {
    return this.cells.slice(this.at).join('')
  }

  set(text: string): void {
    this.remember()
    this.cells = graphemes(text.slice(0, MAX_LENGTH))
    this.at = this.cells.length
  }

  clear(): void {
    this.cells = []
    this.at = 0
    this.undoStack = []
    this.lastKill = undefined
    this.yanked = undefined
  }

  insert(text: string): void {
    if (text === '' || this.cells.length > MAX_LENGTH) return
    this.remember()
    const before = this.before + text
    this.cells = graphemes(before.slice(0, MAX_LENGTH) + this.after)
    this.at = graphemes(before).length
  }

  /** Replaces the last `length` UTF-16 units before the cursor (completion). */
  replaceBefore(length: number, by: string): void {
    this.remember()
    const head = this.before.slice(0, this.before.length - length) + by
    this.cells = graphemes(head + this.after)
    this.at = graphemes(head).length
  }

  /** Applies an editing key. Returns false when the key means nothing here. */
  key(key: Key): boolean {
    if (key.name === 'char' && !key.ctrl && !key.alt) {
      this.insert(key.text ?? '')
      this.endKill()
      return true
    }
    if (key.name === 'paste') {
      this.insert((key.text ?? '').replace(/\r\n?/g, '\n'))
      this.endKill()
      return true
    }
    const action = ACTIONS[keyName(key)]
    if (!action) return false
    const kills = KILLS.has(keyName(key))
    const yanks = keyName(key) === 'C-y' || keyName(key) === 'M-y'
    action(this)
    if (!kills) this.endKill()
    if (!yanks) this.yanked = undefined
    return true
  }

  move(by: number): void {
    this.at = Math.max(0, Math.min(this.cells.length, this.at + by))
  }

  home(): void {
    this.at = 0
  }

  end(): void {
    this.at = this.cells.length
  }

  wordLeft(): number {
    let i = this.at
    while (i > 0 && !WORD.test(this.cells[i - 1])) i--
    while (i > 0 && WORD.test(this.cells[i - 1])) i--
    return i
  }

  wordRight(): number {
    let i = this.at
    while (i < this.cells.length && !WORD.test(this.cells[i])) i++
    while (i < this.cells.length && WORD.test(this.cells[i])) i++
    return i
  }

  /** Start of the blank-delimited word before the cursor (Ctrl-W). */
  blankLeft(): number {
    let i = this.at
    while (i > 0 && /\s/.test(this.cells[i - 1])) i--
    while (i > 0 && !/\s/.test(this.cells[i - 1])) i--
    return i
  }

  goto(i: number): void {
    this.at = i
  }

  erase(from: number, to: number): void {
    if (from >= to) return
    this.remember()
    this.cells.splice(from, to - from)
    this.at = from
  }

  /** Cuts into the kill ring; consecutive cuts join. */
  kill(from: number, to: number): void {
    const text = this.cells.slice(from, to).join('')
    const way = to <= this.at ? 'prepend' : 'append'
    if (this.lastKill && this.kills.length > 0)
      this.kills[0] = way === 'prepend' ? text + this.kills[0] : this.kills[0] + text
    else this.kills.unshift(text)
    this.kills.length = Math.min(this.kills.length, 20)
    this.lastKill = way
    this.erase(from, to)
  }

  yank(): void {
    const text = this.kills[0]
    if (text === undefined) return
    const start = this.at
    this.insert(text)
    this.yanked = { start, length: this.at - start, ring: 0 }
  }

  yankPop(): void {
    const y = this.yanked
    if (!y || this.kills.length === 0) return
    const ring = (y.ring + 1) % this.kills.length
    this.erase(y.start, y.start + y.length)
    this.insert(this.kills[ring])
    this.yanked = { start: y.start, length: this.at - y.start, ring }
  }

  transpose(): void {
    if (this.at === 0 || this.cells.length < 2) return
    this.remember()
    const i = this.at === this.cells.length ? this.at - 1 : this.at
    const [a, b] = [this.cells[i - 1], this.cells[i]]
    this.cells[i - 1] = b
    this.cells[i] = a
    this.at = i + 1
  }

  transform(change: (word: string) => string): void {
    this.remember()
    const to = this.wordRight()
    const word = this.cells.slice(this.at, to).join('')
    this.cells.splice(this.at, to - this.at, ...graphemes(change(word)))
    this.at = to
  }

  undo(): void {
    const state = this.undoStack.pop()
    if (!state) return
    this.cells = [...state.cells]
    this.at = state.cursor
  }

  get length(): number {
    return this.cells.length
  }

  get cursor(): number {
    return this.at
  }

  private endKill(): void {
    this.lastKill = undefined
  }

  private remember(): void {
    this.undoStack.push({ cells: [...this.cells], cursor: this.at })
    if (this.undoStack.length > 200) this.undoStack.shift()
  }
}

const capitalize = (w: string): string =>
  w.replace(/^(\P{L}*)(\p{L})(.*)$/u, (_m, a, b, c) => a + b.toUpperCase() + c.toLowerCase())

/** readline's default Emacs bindings. */
const ACTIONS: Readonly<Record<string, (line: EditLine) => void>> = {
  'C-a': (l) => l.home(),
  home: (l) => l.home(),
  'C-e': (l) => l.end(),
  end: (l) => l.end(),
  'C-b': (l) => l.move(-1),
  left: (l) => l.move(-1),
  'C-f': (l) => l.move(1),
  right: (l) => l.move(1),
  'M-b': (l) => l.goto(l.wordLeft()),
  'C-left': (l) => l.goto(l.wordLeft()),
  'M-left': (l) => l.goto(l.wordLeft()),
  'M-f': (l) => l.goto(l.wordRight()),
  'C-right': (l) => l.goto(l.wordRight()),
  'M-right': (l) => l.goto(l.wordRight()),
  backspace: (l) => l.erase(Math.max(0, l.cursor - 1), l.cursor),
  'C-h': (l) => l.erase(Math.max(0, l.cursor - 1), l.cursor),
  delete: (l) => deleteForward(l),
  'C-d': (l) => deleteForward(l),
  'C-k': (l) => l.kill(l.cursor, l.length),
  'C-u': (l) => l.kill(0, l.cursor),
  'C-w': (l) => l.kill(l.blankLeft(), l.cursor),
  'M-backspace': (l) => l.kill(l.wordLeft(), l.cursor),
  'M-d': (l) => l.kill(l.cursor, l.wordRight()),
  'C-y': (l) => l.yank(),
  'M-y': (l) => l.yankPop(),
  'C-t': (l) => l.transpose(),
  'M-u': (l) => l.transform((w) => w.toUpperCase()),
  'M-l': (l) => l.transform((w) => w.toLowerCase()),
  'M-c': (l) => l.transform(capitalize),
  'C-_': (l) => l.undo(),
}

const KILLS = new Set(['C-k', 'C-u', 'C-w', 'M-backspace', 'M-d'])

function deleteForward(line: EditLine): void {
  const at = line.cursor
  line.erase(at, Math.min(at + 1, line.length))
}
