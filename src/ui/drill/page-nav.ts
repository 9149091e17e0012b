import type { Drill } from './drill.ts'

/** Rows around the page: bar, blank line, keys. */
const FRAME_ROWS = 3

/** Where the player stands on the drill's page: the chosen entry, and the first row shown. */
export class PageNav {
  at = 0
  private from = 0

  constructor(private readonly drill: Drill) {}

  reset(): void {
    this.at = this.from = 0
  }

  get height(): number {
    return Math.max(1, this.drill.game.rows - FRAME_ROWS - this.drill.troubleRows)
  }

  /** The furthest that the page can be scrolled. */
  private get last(): number {
    return Math.max(0, this.drill.page.length - this.height)
  }

  /** First row shown; the window may have changed since the last key. */
  get offset(): number {
    return Math.min(this.from, this.last)
  }

  key(name: string): void {
    const page = Math.max(1, this.height - 1)
    if (name === 'down') this.step(1)
    else if (name === 'up') this.step(-1)
    else if (name === 'pagedown' || name === ' ') this.scroll(page)
    else if (name === 'pageup') this.scroll(-page)
  }

  /** Another entry; first the rows between, when it is further away than the window is high. */
  private step(by: 1 | -1): void {
    const { page } = this.drill
    const rows = page.flatMap(({ entry }, row) => (entry === undefined ? [] : [row]))
    const { height, offset } = this
    const next = this.at + by
    if (next < 0) return this.scroll(-offset)
    if (next >= rows.length) return this.scroll(this.last)
    const row = rows[next]
    const reach = Math.max(1, height - 1)
    if (row >= offset + height + reach) return this.scroll(reach)
    if (row < offset - reach) return this.scroll(-reach)
    this.at = next
    if (row < offset) this.from = row
    else if (row >= offset + height) this.from = row - height + 1
    // What stands above the first entry is seen with it.
    if (next === 0) this.from = 0
  }

  private scroll(by: number): void {
    this.from = Math.max(0, Math.min(this.last, this.offset + by))
  }
}
