import type { Controller } from './controller.ts'
import type { Area } from './screen.ts'

/** Narrower windows show the terminal alone, or the panel alone when it is asked for. */
export const WIDE = 116
export const PANEL_WIDTH = 36
/** Beside an exam's terminal. */
export const TASK_WIDTH = 40
/** Readers lose the line when it gets longer. */
export const TEXT_WIDTH = 96
/** Columns of a text on a page of its own. */
export const textWidth = (columns: number): number => Math.min(columns - 4, TEXT_WIDTH)
export const MIN_COLUMNS = 40
export const MIN_ROWS = 10
/** Above and below the terminal pane: the bar and the keys. */
const BAR_ROWS = 1
const KEY_ROWS = 1

/** Cells of the terminal pane. It keeps its size while something covers it. */
export function paneSize(
  game: Pick<Controller, 'columns' | 'rows' | 'side' | 'place'>,
): [columns: number, rows: number] {
  const beside = game.place.screen === 'exam' ? TASK_WIDTH : game.side.beside ? PANEL_WIDTH : 0
  const columns = game.columns >= WIDE ? game.columns - beside : game.columns
  return [Math.max(1, columns), Math.max(1, game.rows - BAR_ROWS - KEY_ROWS)]
}

/** Where the terminal pane is to be seen; undefined while something else is in its place. */
export function paneArea(game: Controller): Area | undefined {
  const { screen, overlay } = game.place
  const seated = screen === 'playing' || (screen === 'exam' && game.exam.seated)
  if (!seated || overlay || !game.session) return undefined
  if (game.columns < MIN_COLUMNS || game.rows < MIN_ROWS) return undefined
  if (game.columns < WIDE && game.side.instead) return undefined
  const [width, height] = paneSize(game)
  return { top: BAR_ROWS, left: 0, width, height }
}
