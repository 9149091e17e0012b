import { Scrollback } from './scrollback.ts'

/** What the terminal has shown, and how far the player has gone back in it. */
export class Past {
  scrollback = new Scrollback()
  /** Rows that the player has scrolled up. */
  scrolled = 0

  /** Another game is to begin: the terminal is empty. */
  clear(): void {
    this.scrollback = new Scrollback()
    this.scrolled = 0
  }

  /** Who has scrolled up goes on seeing the same rows. */
  write(text: string, columns: number): void {
    const before = this.scrolled > 0 ? this.scrollback.rows(columns).length : 0
    this.scrollback.write(text)
    if (this.scrolled > 0) this.scrolled += Math.max(0, this.scrollback.rows(columns).length - before)
  }

  /** Goes back by so many rows, no further than there are. */
  scroll(by: number, [columns, rows]: readonly [columns: number, rows: number]): void {
    const most = Math.max(0, this.scrollback.rows(columns).length + 1 - rows)
    this.scrolled = Math.max(0, Math.min(most, this.scrolled + by))
  }
}
