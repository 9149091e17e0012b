interface Register {
  readonly text: string
  readonly lines: boolean
}

/** Named texts, and the name that the next command was told to use with `"x`. */
export class Registers {
  private readonly named = new Map<string, Register>()
  chosen = '"'

  get(name: string): Register | undefined {
    return this.named.get(name)
  }

  set(name: string, register: Register): void {
    this.named.set(name, register)
  }

  /** The chosen register's name; the choice is over. */
  take(): string {
    const name = this.chosen
    this.chosen = '"'
    return name
  }

  /** Puts a text into the chosen register and the unnamed one. A capital letter appends. */
  yank(text: string, lines: boolean): void {
    const name = this.take()
    if (name === '_') return
    const old = /[A-Z]/.test(name) ? this.named.get(name.toLowerCase()) : undefined
    const whole = (old ? old.text + (lines ? '\n' : '') : '') + text
    this.named.set(name.toLowerCase(), { text: whole, lines })
    this.named.set('"', { text, lines })
  }
}
