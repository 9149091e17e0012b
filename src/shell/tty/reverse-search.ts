import { type Key, keyName } from './key.ts'

/** What a key did to the search: `searching` goes on; `cancelled` restores the line; `chosen` ends it, the key used up or not. */
type Outcome = 'searching' | 'cancelled' | { readonly chosen: number; readonly used: boolean }

/** readline's Ctrl-R: looks backwards through the history for what is typed. */
export class ReverseSearch {
  private text = ''
  private failed = false
  /** Index into the history of what was found; its length before anything was. */
  private at: number

  constructor(
    private readonly history: readonly string[],
    /** Told of each entry that is found. */
    private readonly found: (entry: string) => void,
  ) {
    this.at = history.length
  }

  get prompt(): string {
    return `${this.failed ? '(failed reverse-i-search)' : '(reverse-i-search)'}\`${this.text}': `
  }

  key(key: Key): Outcome {
    const name = keyName(key)
    if (name === 'C-g' || name === 'C-c') return 'cancelled'
    if (name === 'C-r') this.find(this.at - 1)
    else if (name === 'backspace' || name === 'C-h') {
      this.text = this.text.slice(0, -1)
      this.find(this.history.length - 1)
    } else if (key.name === 'char' && !key.ctrl && !key.alt) {
      this.text += key.text ?? ''
      this.find(Math.min(this.at, this.history.length - 1))
    } else return { chosen: this.at, used: name === 'escape' }
    return 'searching'
  }

  private find(from: number): void {
    for (let i = from; i >= 0; i--) {
      if (this.text === '' || !this.history[i]?.includes(this.text)) continue
      this.at = i
      this.failed = false
      this.found(this.history[i])
      return
    }
    this.failed = this.text !== ''
  }
}
