import type { Controller } from './controller.ts'
import { SETTINGS } from './settings.ts'

/** Choosing a setting and changing it. */
export function settingKey(game: Controller, name: string): boolean {
  const { nav } = game
  const row = SETTINGS[nav.setting]
  if (name === 'up') nav.setting = Math.max(0, nav.setting - 1)
  else if (name === 'down') nav.setting = Math.min(SETTINGS.length - 1, nav.setting + 1)
  else if (name === 'left' || name === 'right' || name === 'enter' || name === ' ') {
    const at = row.values.indexOf(game.settings[row.key])
    const step = name === 'left' ? row.values.length - 1 : 1
    game.set({ [row.key]: row.values[(at + step) % row.values.length] })
  } else return false
  return true
}

/** Rows that a page up or down goes. */
export const pageOf = (game: Controller): number => Math.max(1, game.rows - 8)

/** Arrows and pages move a text. False when the key is none of them. */
export function scrollKey(game: Controller, name: string): boolean {
  const page = pageOf(game)
  const { last } = game.nav
  const by = { up: -1, down: 1, pageup: -page, pagedown: page, ' ': page, home: -last, end: last }[name]
  if (by === undefined) return false
  game.nav.offset = Math.max(0, Math.min(game.nav.offset + by, last))
  game.changed()
  return true
}
