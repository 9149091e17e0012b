import { EditLine } from '../shell/tty/edit-line.ts'

/** Where the player stands in lists and texts. Plain data, because typed-ahead keys come before React has drawn. */
interface Nav {
  menu: number
  setting: number
  /** Which of the root causes is chosen. */
  cause: number
  /** First line shown of a text that scrolls. */
  offset: number
  /** The furthest it can go; noted when it is drawn. */
  last: number
  readonly search: EditLine
  searching: boolean
}

/** At the top of everything. */
export const newNav = (): Nav => ({
  menu: 0,
  setting: 0,
  cause: 0,
  offset: 0,
  last: 0,
  search: new EditLine(),
  searching: false,
})
