import { WIDE } from './layout.ts'

/** The window in which it is. */
interface Window {
  readonly columns: number
  layOut(): void
  changed(): void
}

/** Objectives and machines: beside the terminal in wide windows, instead of it in narrow ones. */
export class SidePanel {
  beside = true
  instead = false
  /** The machines are shown; only their heading otherwise. */
  mapOpen = true

  constructor(private readonly window: Window) {}

  toggle(): void {
    const { window } = this
    if (window.columns >= WIDE) this.beside = !this.beside
    else this.instead = !this.instead
    window.layOut()
  }

  /** Opens or closes the map; where no panel is to be seen, it comes with the map. */
  toggleMap(): void {
    const seen = this.window.columns >= WIDE ? this.beside : this.instead
    this.mapOpen = seen ? !this.mapOpen : true
    if (!seen) this.toggle()
    else this.window.changed()
  }
}
