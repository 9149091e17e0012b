import type { Key } from '../shell/tty/key.ts'

const CSI_LETTERS: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  H: 'home',
  F: 'end',
  Z: 'tab',
  P: 'f1',
  Q: 'f2',
  R: 'f3',
  S: 'f4',
}
const CSI_NUMBERS: Readonly<Record<string, string>> = {
  1: 'home',
  2: 'insert',
  3: 'delete',
  4: 'end',
  5: 'pageup',
  6: 'pagedown',
  7: 'home',
  8: 'end',
  11: 'f1',
  12: 'f2',
  13: 'f3',
  14: 'f4',
  15: 'f5',
  17: 'f6',
  18: 'f7',
  19: 'f8',
  20: 'f9',
  21: 'f10',
  23: 'f11',
  24: 'f12',
}
const PASTE_START = '\u001b[200~'
const PASTE_END = '\u001b[201~'
/** Longer pastes are cut: nothing that is fed in may grow without bound. */
const MAX_PASTE = 256 * 1024

type Mods = Pick<Key, 'ctrl' | 'alt' | 'shift'>

/** xterm's modifier parameter: 1 + shift 1 + alt 2 + ctrl 4. */
const modifiers = (n: number): Mods => ({
  ...((n - 1) & 4 ? { ctrl: true } : {}),
  ...((n - 1) & 2 ? { alt: true } : {}),
  ...((n - 1) & 1 ? { shift: true } : {}),
})

/**
 * Turns what a terminal sends into keys: control characters, CSI and SS3 sequences, Alt as an escape prefix, kitty's
 * CSI u, bracketed paste. Mouse reports and unknown sequences are dropped. Incomplete sequences wait for the rest;
 * `flush` (after a short pause) makes a lone escape the Escape key.
 */
export class KeyDecoder {
  private pending = ''
  private paste: string | undefined

  /** True when an escape may be the beginning of something. */
  get waiting(): boolean {
    return this.pending !== '' && this.paste === undefined
  }

  feed(chunk: string): Key[] {
    this.pending += chunk
    const keys: Key[] = []
    for (;;) {
      const key = this.next()
      if (key === undefined) return keys
      if (key !== null) keys.push(key)
    }
  }

  flush(): Key[] {
    if (this.paste !== undefined) return []
    const rest = this.pending
    this.pending = ''
    if (rest === '\u001b') return [{ name: 'escape' }]
    return rest === '' ? [] : [{ name: 'escape' }, ...new KeyDecoder().feed(rest.slice(1))]
  }

  /** undefined: nothing complete; null: something that means nothing. */
  private next(): Key | null | undefined {
    if (this.paste !== undefined) return this.nextPaste()
    const text = this.pending
    if (text === '') return undefined
    if (text.startsWith(PASTE_START)) {
      this.take(PASTE_START.length)
      this.paste = ''
      return null
    }
    if (text[0] !== '\u001b') return this.plain(text)
    if (text.length === 1) return undefined
    if (text[1] === '[') return this.csi(text)
    if (text[1] === 'O') {
      if (text.length < 3) return undefined
      this.take(3)
      const name = CSI_LETTERS[text[2]]
      return name ? { name } : null
    }
    if (text[1] === '\u001b') {
      this.take(1)
      return { name: 'escape' }
    }
    // Alt: escape before a key.
    this.take(1)
    const key = this.next()
    if (!key) return key
    return key.name === 'char' ? { name: key.text!, alt: true } : { ...key, alt: true }
  }

  private nextPaste(): Key | null | undefined {
    const end = this.pending.indexOf(PASTE_END)
    if (end < 0) {
      // Keep what may be the beginning of the end mark.
      const keep = Math.min(this.pending.length, PASTE_END.length - 1)
      this.paste = (this.paste + this.pending.slice(0, this.pending.length - keep)).slice(0, MAX_PASTE)
      this.pending = this.pending.slice(this.pending.length - keep)
      return undefined
    }
    const text = (this.paste + this.pending.slice(0, end)).slice(0, MAX_PASTE)
    this.take(end + PASTE_END.length)
    this.paste = undefined
    return { name: 'paste', text: clean(text) }
  }

  private plain(text: string): Key | null {
    const point = text.codePointAt(0)!
    const c = String.fromCodePoint(point)
    this.take(c.length)
    if (c === '\r') return { name: 'enter' }
    if (c === '\t') return { name: 'tab' }
    if (c === '\u007f') return { name: 'backspace' }
    if (point === 0) return { name: 'space', ctrl: true }
    if (point < 27) return { name: String.fromCharCode(point + 96), ctrl: true }
    if (point < 32) return { name: String.fromCharCode(point + 64), ctrl: true }
    if (point >= 0x80 && point < 0xa0) return null
    return { name: 'char', text: c }
  }

  private csi(text: string): Key | null | undefined {
    const m = /^\u001b\[([<=>?]?)([0-9;:]*)([ -/]*)([@-~])/.exec(text)
    if (!m) {
      if (text.length > 64) {
        this.take(2)
        return null
      }
      return undefined
    }
    const [all, mark, numbers, , final] = m
    this.take(all.length)
    if (mark !== '' || final === 'M' || final === 'm') return null
    const [first = '1', second = '1'] = numbers.split(';').map((n) => n.split(':')[0] || '1')
    const mods = modifiers(Number(second) || 1)
    if (final === 'u') return kitty(Number(first), mods)
    if (final === '~') {
      const name = CSI_NUMBERS[first]
      return name ? { name, ...mods } : null
    }
    if (final === 'Z') return { name: 'tab', shift: true }
    const name = CSI_LETTERS[final]
    return name ? { name, ...mods } : null
  }

  private take(n: number): void {
    this.pending = this.pending.slice(n)
  }
}

function kitty(point: number, mods: Mods): Key | null {
  const named: Record<number, string> = { 9: 'tab', 13: 'enter', 27: 'escape', 127: 'backspace' }
  if (named[point]) return { name: named[point], ...mods }
  if (point < 32 || point > 0x10ffff) return null
  const c = String.fromCodePoint(point)
  if (mods.ctrl || mods.alt) return { name: c, ctrl: mods.ctrl, alt: mods.alt }
  return { name: 'char', text: mods.shift ? c.toUpperCase() : c }
}

/** Pasted text without control characters (tabs and newlines stay): nothing pasted can drive the terminal. */
const clean = (text: string): string =>
  text.replace(/\r\n?/g, '\n').replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '')
