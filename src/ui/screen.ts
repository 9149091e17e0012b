import width from './width.ts'

/** Where the terminal pane lies on the screen, in cells. */
export interface Area {
  readonly top: number
  readonly left: number
  readonly width: number
  readonly height: number
}

const SYNC_ON = '\u001b[?2026h'
const SYNC_OFF = '\u001b[?2026l'
const COLOUR = /\u001b\[([0-9;]*)m/g

/** SGR without colours: bold, underline and inverse stay. */
export const withoutColours = (text: string): string =>
  text.replace(COLOUR, (_, codes: string) => {
    const kept = []
    const list = codes.split(';')
    for (let i = 0; i < list.length; i++) {
      const n = Number(list[i])
      if (n === 38 || n === 48) i += list[i + 1] === '5' ? 2 : 4
      else if (n < 30) kept.push(list[i])
    }
    return kept.length > 0 ? `\u001b[${kept.join(';')}m` : ''
  })

/**
 * The player's screen: Ink's last frame, with the terminal pane laid over it. Writes only rows that have changed, so
 * that the echo of a key costs neither a layout nor a frame.
 */
export class Screen {
  private frame: readonly string[] = []
  private pane: readonly string[] = []
  private area: Area | undefined
  /** What stands on the real terminal, by row; undefined where that is not known. */
  private shown: (string | undefined)[] = []

  constructor(private readonly write: (text: string) => void) {}

  /** Ink has drawn. Without an area the terminal pane is hidden. */
  setFrame(frame: string, area: Area | undefined, pane: readonly string[]): void {
    this.frame = frame.split('\n')
    this.area = area
    this.pane = pane
    this.flush()
  }

  setPane(pane: readonly string[]): void {
    if (!this.area) return
    this.pane = pane
    this.flush()
  }

  /** Where the pane is shown, if it is. */
  get paneArea(): Area | undefined {
    return this.area
  }

  /** Nothing is known of the real terminal any more: everything is written again. */
  forget(): void {
    this.shown = []
  }

  /** The rows as they stand on the terminal. */
  rows(): string[] {
    return Array.from({ length: this.height }, (_, i) => {
      const [left, right] = this.row(i)
      return right === '' ? left : left + ' '.repeat(Math.max(0, this.area!.width - width(left))) + right
    })
  }

  private get height(): number {
    return Math.max(this.frame.length, this.shown.length, this.area ? this.area.top + this.area.height : 0)
  }

  /** A row in two parts: the second begins right of the pane. */
  private row(i: number): [left: string, right: string] {
    const under = this.frame[i] ?? ''
    const { area } = this
    if (!area || i < area.top || i >= area.top + area.height) return [under, '']
    // Where the pane lies Ink has drawn blanks, one UTF-16 unit a cell.
    return [this.pane[i - area.top] ?? '', under.slice(area.left + area.width)]
  }

  private flush(): void {
    let out = ''
    const { height } = this
    for (let i = 0; i < height; i++) {
      const [left, right] = this.row(i)
      const text = right === '' ? left : `${left}\u001b[0m\u001b[${i + 1};${this.area!.width + 1}H${right}`
      if (this.shown[i] === text) continue
      this.shown[i] = text
      out += `\u001b[${i + 1};1H\u001b[0m\u001b[K${text}`
    }
    this.shown.length = height
    if (out !== '') this.write(`${SYNC_ON}${out}\u001b[0m${SYNC_OFF}`)
  }
}
