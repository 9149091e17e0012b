import { type Key, keyName } from './key.ts'

/** The terminal driver's line for programs that read: echo, erase (backspace, Ctrl-U), whole lines (termios ICANON). */
export class CookedLine {
  private text = ''

  constructor(private readonly echo: (text: string) => void) {}

  /** Forgets what was typed since the last line (a signal flushes it). */
  clear(): void {
    this.text = ''
  }

  /** Takes a key. Returns what a read gets from it: whole lines, '' for nothing yet, null at the end of input. */
  key(key: Key): string | null {
    const name = keyName(key)
    if (name === 'enter' || name === 'C-j' || name === 'C-m') {
      this.echo('\n')
      return `${this.take()}\n`
    }
    if (name === 'C-d') return this.take() || null
    if (name === 'backspace') {
      if (this.text !== '') this.echo('\b \b')
      this.text = this.text.slice(0, -1)
    } else if (name === 'C-u') this.echo('\b \b'.repeat(this.take().length))
    else if (key.name === 'char' || key.name === 'paste' || key.name === 'tab') {
      const typed = key.name === 'tab' ? '\t' : (key.text ?? '').replace(/\r\n?/g, '\n')
      this.echo(typed)
      this.text += typed
      return this.take(this.text.lastIndexOf('\n') + 1)
    }
    return ''
  }

  private take(length = this.text.length): string {
    const taken = this.text.slice(0, length)
    this.text = this.text.slice(length)
    return taken
  }
}
