import type { Process, Sink, Source } from '../../host/index.ts'
import { type Coro, Signal } from '../../kernel/index.ts'
import type { Shell } from '../bash/shell.ts'
import { incomplete } from '../bash/syntax.ts'
import { Terminal } from '../jobs/terminal.ts'
import { columns, commonPrefix, complete } from './complete.ts'
import { CookedLine } from './cooked-line.ts'
import { EditLine } from './edit-line.ts'
import { expandHistory, NoSuchEvent } from './history.ts'
import { type Key, keyName } from './key.ts'
import { expandPrompt } from './prompt.ts'
import { type Frame, RawMode } from './raw-mode.ts'
import { ReverseSearch } from './reverse-search.ts'

/** The line at the bottom of the terminal while a shell waits for a command. */
export interface Editing {
  readonly prompt: string
  readonly before: string
  readonly after: string
}

/** Keys that nobody has read yet are kept up to this many. */
const MAX_QUEUE = 10_000
const LISTING_LIMIT = 100
const SIGNALS: Readonly<Record<string, string>> = { 'C-c': 'SIGINT', 'C-z': 'SIGTSTP', 'C-\\': 'SIGQUIT' }

/**
 * The terminal at which the player sits: keys go in, text comes out. A shell that waits gets a line editor; a program
 * that reads gets lines (cooked mode); vi, less and their like take every key and paint whole frames.
 */
export class Tty extends Terminal {
  readonly scripted = false
  /** Told of text that programs and the echo write, in order. */
  onOutput: (text: string) => void = () => {}
  /** Told of every line that is entered at a shell's prompt. */
  onLine: (text: string, prompt: string) => void = () => {}
  /** Told when editing or the frame has changed. */
  onChange: () => void = () => {}
  readonly output: Sink
  readonly input: Source
  private readonly typed = new Signal()
  private queue: Key[] = []
  private line = new EditLine()
  private lines: string[] = []
  private promptText = ''
  private shell: Shell | undefined
  private raw: RawMode | undefined
  /** What a program has read and given back. */
  private pushedBack = ''
  private readonly cooked = new CookedLine((text) => {
    if (this.echo) this.onOutput(text)
  })
  private search: ReverseSearch | undefined
  private historyAt = 0
  private draft = ''
  private tabs = 0

  constructor() {
    super()
    const drained = new Signal()
    this.output = { isTty: true, full: false, drained, write: (text) => this.onOutput(text), close() {} }
    this.input = {
      isTty: true,
      readable: this.typed,
      read: () => this.readCooked(),
      unread: (text) => {
        this.pushedBack = text + this.pushedBack
      },
      close() {},
    }
  }

  /** A key was pressed. */
  press(key: Key): void {
    const signal = SIGNALS[keyName(key)]
    if (signal && !this.shell && (!this.raw || this.raw.keepSignals)) {
      this.queue = []
      this.cooked.clear()
      // Programs that paint the screen have turned the echo off.
      if (!this.raw) this.onOutput(`^${key.name.toUpperCase()}`)
      this.signal(signal)
      return
    }
    if (this.queue.length < MAX_QUEUE) this.queue.push(key)
    this.typed.fire()
  }

  /** The window has a new size. */
  resize(cols: number, rows: number): void {
    if (cols === this.cols && rows === this.rows) return
    this.cols = cols
    this.rows = rows
    this.shell?.vars.set('COLUMNS', String(cols))
    this.shell?.vars.set('LINES', String(rows))
    this.raw?.resized.fire()
    this.signal('SIGWINCH')
  }

  /** Full-screen program's frame, if one is on the screen. */
  get frame(): Frame | undefined {
    return this.raw?.frame
  }

  /** What the line editor shows, while a shell waits for a command. */
  get editing(): Editing | undefined {
    if (!this.shell) return undefined
    if (this.search) return { prompt: this.search.prompt, before: this.line.text, after: '' }
    return { prompt: this.promptText, before: this.line.before, after: this.line.after }
  }

  /** True while a command runs (the shell does not wait for input). */
  get busy(): boolean {
    return this.shell === undefined
  }

  *readCommand(sh: Shell): Coro<string | null> {
    this.shell = sh
    this.lines = []
    this.line.clear()
    this.historyAt = sh.history.length
    this.promptText = expandPrompt(sh, sh.vars.get('PS1') ?? '$ ')
    this.flushPromptHead()
    this.onChange()
    try {
      for (;;) {
        while (this.queue.length === 0) yield { on: [this.typed] }
        const result = yield* this.editKey(sh, this.queue.shift()!)
        this.onChange()
        if (result !== undefined) return result
      }
    } finally {
      this.shell = undefined
      this.search = undefined
      this.onChange()
    }
  }

  /** Takes over the terminal for a full-screen program. Close it when done. */
  openRaw(options: { keepSignals?: boolean } = {}): RawMode {
    const mode = new RawMode(this, options.keepSignals ?? false)
    this.takeRaw(mode)
    return mode
  }

  /** @internal */
  takeRaw(mode: RawMode): void {
    this.raw = mode
  }

  /** @internal */
  closeRaw(mode: RawMode): void {
    if (this.raw === mode) this.raw = undefined
    this.onChange()
  }

  /** @internal Undefined when `until` has come or `sooner` has fired. */
  *nextKey(until: number | undefined, sooner: Signal): Coro<Key | undefined> {
    while (this.queue.length === 0) {
      const by = yield { on: [this.typed, sooner], until }
      if (by === sooner || (!by && until !== undefined)) return undefined
    }
    const key = this.queue.shift()!
    if (!key.alt) return key
    // vi and less know no Alt: an escape with something right behind it is two keys, however fast they were typed.
    const { alt: _, ...plain } = key
    const single = key.name.length === 1 && !key.ctrl
    this.queue.unshift(single ? { name: 'char', text: key.name } : plain)
    return { name: 'escape' }
  }

  /** Prompts may have several lines; all but the last go to the scroll-back at once. */
  private flushPromptHead(): void {
    const cut = this.promptText.lastIndexOf('\n') + 1
    if (cut > 0) {
      this.onOutput(this.promptText.slice(0, cut))
      this.promptText = this.promptText.slice(cut)
    }
  }

  private *editKey(sh: Shell, key: Key): Coro<string | null | undefined> {
    const name = keyName(key)
    if (name !== 'tab') this.tabs = 0
    if (this.search && this.searchKey(this.search, sh, key)) return undefined
    if (key.name === 'paste' && /[\r\n]/.test(key.text ?? '')) return yield* this.pasted(sh, key.text ?? '')
    switch (name) {
      case 'enter':
      case 'C-j':
      case 'C-m':
        return this.submit(sh)
      case 'C-c':
        this.onOutput(`${this.promptText}${this.line.text}^C\n`)
        sh.status = 130
        this.restart(sh)
        return undefined
      case 'C-d':
        if (this.line.length > 0 || this.lines.length > 0) break
        this.onOutput(this.promptText)
        return null
      case 'C-l':
        this.onOutput('\u001b[H\u001b[2J')
        return undefined
      case 'C-r':
        this.search = new ReverseSearch(sh.history, (entry) => this.line.set(entry))
        this.draft = this.line.text
        return undefined
      case 'tab':
        yield* this.tab(sh)
        return undefined
      case 'up':
      case 'C-p':
        this.recall(sh, this.historyAt - 1)
        return undefined
      case 'down':
      case 'C-n':
        this.recall(sh, this.historyAt + 1)
        return undefined
      case 'M-<':
        this.recall(sh, 0)
        return undefined
      case 'M->':
        this.recall(sh, sh.history.length)
        return undefined
      case 'M-.':
      case 'M-_':
        this.line.insert(sh.history.at(-1)?.trim().split(/\s+/).at(-1) ?? '')
        return undefined
    }
    this.line.key(key)
    return undefined
  }

  /** Several lines at once: each is entered as if typed. */
  private *pasted(sh: Shell, text: string): Coro<string | null | undefined> {
    const [first, ...rest] = text.replace(/\r\n?/g, '\n').split('\n')
    this.line.insert(first)
    const again: Key[] = []
    rest.forEach((part) => {
      again.push({ name: 'enter' })
      if (part !== '') again.push({ name: 'paste', text: part })
    })
    this.queue.unshift(...again.slice(1))
    return rest.length > 0 ? this.submit(sh) : undefined
  }

  private submit(sh: Shell): string | undefined {
    let text = this.line.text
    this.onOutput(`${this.promptText}${text}\n`)
    this.onLine(text, this.promptText)
    if (sh.options.has('histexpand') && /[!^]/.test(text)) {
      try {
        const expanded = expandHistory(text, sh.history)
        if (expanded !== text) this.onOutput(`${expanded}\n`)
        text = expanded
      } catch (error) {
        if (!(error instanceof NoSuchEvent)) throw error
        this.onOutput(`-bash: ${error.message}\n`)
        this.restart(sh)
        return undefined
      }
    }
    this.lines.push(text)
    const source = this.lines.join('\n')
    this.line.clear()
    if (source.trim() !== '' && incomplete(sh, `${source}\n`)) {
      this.promptText = expandPrompt(sh, sh.vars.get('PS2') ?? '> ')
      return undefined
    }
    if (
      source.trim() !== '' &&
      source !== sh.history.at(-1) &&
      !(source.startsWith(' ') && /ignore(space|both)/.test(sh.vars.get('HISTCONTROL') ?? ''))
    ) {
      sh.history.push(source)
      if (sh.history.length > 2000) sh.history.shift()
    }
    return source
  }

  private restart(sh: Shell): void {
    this.lines = []
    this.line.clear()
    this.search = undefined
    this.historyAt = sh.history.length
    this.promptText = expandPrompt(sh, sh.vars.get('PS1') ?? '$ ')
    this.flushPromptHead()
  }

  private recall(sh: Shell, at: number): void {
    if (at < 0 || at > sh.history.length) return
    if (this.historyAt === sh.history.length) this.draft = this.line.text
    this.historyAt = at
    this.line.set(at === sh.history.length ? this.draft : sh.history[at])
  }

  /** Keys during Ctrl-R. True when the key was used up. */
  private searchKey(search: ReverseSearch, sh: Shell, key: Key): boolean {
    const outcome = search.key(key)
    if (outcome === 'searching') return true
    this.search = undefined
    if (outcome === 'cancelled') {
      this.line.set(this.draft)
      return true
    }
    if (outcome.chosen < sh.history.length) this.historyAt = outcome.chosen
    return outcome.used
  }

  private *tab(sh: Shell): Coro {
    this.tabs++
    const before = this.line.before
    const { length, candidates, suffix } = yield* complete(sh, before)
    if (candidates.length === 0) return
    if (candidates.length === 1) {
      this.line.replaceBefore(length, candidates[0] + suffix(candidates[0]))
      return
    }
    const prefix = commonPrefix(candidates)
    if (prefix.length > length) {
      this.line.replaceBefore(length, prefix)
      this.tabs = 0
      return
    }
    if (this.tabs < 2) return
    this.onOutput(`${this.promptText}${this.line.text}\n`)
    const shown = candidates.slice(0, LISTING_LIMIT)
    this.onOutput(columns(shown, this.cols))
    if (candidates.length > shown.length) this.onOutput(`(${candidates.length - shown.length} more)\n`)
  }

  /** Cooked mode: whole lines, with echo and erase. */
  private readCooked(): string | null {
    if (this.pushedBack !== '') {
      const text = this.pushedBack
      this.pushedBack = ''
      return text
    }
    while (this.queue.length > 0) {
      const text = this.cooked.key(this.queue.shift()!)
      if (text !== '') return text
    }
    return ''
  }
}

/** The terminal of a process, when it is one that full-screen programs can use; undefined in scripts and pipes. */
export function ttyOf(p: Process, terminal: Terminal | undefined): Tty | undefined {
  if (!(terminal instanceof Tty)) return undefined
  if (!p.stdout.isTty) return undefined
  return terminal
}
