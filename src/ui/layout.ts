/** Narrower windows show the terminal alone, or the panel alone when it is asked for. */
export const WIDE = 110
export const PANEL_WIDTH = 34
export const MIN_COLUMNS = 40
export const MIN_ROWS = 10
