/** One key press, or a paste, as a keyboard decoder gives it. Plain data: a game's input log consists of these. */
export interface Key {
  /**
   * `char` for printable text; else enter, tab, backspace, delete, escape, up, down, left, right, home, end, pageup,
   * pagedown, insert, f1 … f12, paste, or a letter or sign for Ctrl and Alt combinations.
   */
  readonly name: string
  /** The text of `char` and `paste`. */
  readonly text?: string
  readonly ctrl?: boolean
  readonly alt?: boolean
  readonly shift?: boolean
}

/** `C-a`, `M-.`, `S-tab`, `up`, `x`: how keys are called in tables. */
export const keyName = (key: Key): string =>
  `${key.ctrl ? 'C-' : ''}${key.alt ? 'M-' : ''}${key.shift ? 'S-' : ''}${key.name === 'char' ? key.text : key.name}`
