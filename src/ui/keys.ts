import { type Key, keyName } from '../shell/index.ts'
import type { Controller } from './controller.ts'
import { WIDE } from './layout.ts'

/** What the menu remembers between keys. */
export interface MenuState {
  query: string
  index: number
  searching: boolean
  setQuery: (query: string) => void
}

/** Actions that function keys do, and letters after Ctrl-O. */
const ACTIONS: Readonly<Record<string, string>> = {
  h: 'f1',
  p: 'f2',
  i: 'f3',
  c: 'f4',
  f: 'f5',
  l: 'f10',
  b: 'briefing',
  r: 'restart',
}

/** A key while the terminal has the floor: the game's own keys first, everything else goes to the shell. */
export function playKey(game: Controller, key: Key): void {
  let name = keyName(key)
  if (game.prefix) {
    game.prefix = false
    const action = ACTIONS[key.name === 'char' ? (key.text ?? '') : key.name]
    if (!action) return game.changed()
    name = action
  } else if (name === 'C-o') {
    game.prefix = true
    return game.changed()
  }
  const inFrame = game.session?.tty.frame !== undefined
  switch (name) {
    case 'f1':
      return game.send({ type: 'show', what: 'help' })
    case 'f2':
      if (game.columns >= WIDE) game.panel = !game.panel
      else game.panelInstead = !game.panelInstead
      return game.changed()
    case 'f3':
      return game.mission ? game.send({ type: 'show', what: 'hints' }) : undefined
    case 'f4':
      return game.check()
    case 'f5':
      return game.skip()
    case 'f10':
      return game.send({ type: 'show', what: 'leaving' })
    case 'briefing':
      return game.send({ type: 'show', what: 'briefing' })
    case 'restart':
      return game.mission ? game.begin('restart') : undefined
    case 'pageup':
    case 'S-pageup':
      if (!inFrame) return game.scroll(Math.max(1, game.rows - 5))
      break
    case 'pagedown':
    case 'S-pagedown':
      if (!inFrame) return game.scroll(-Math.max(1, game.rows - 5))
      break
  }
  game.press(key)
}

/** A key while a sheet covers the terminal. */
export function overlayKey(game: Controller, what: string, key: Key): void {
  const name = keyName(key)
  if (what === 'hints' && name === 'enter') return game.showHint()
  if (what === 'leaving') {
    if (name === 'enter') return game.leave()
    if (name === 'r' && game.mission) return game.begin('restart')
  }
  game.send({ type: 'close' })
}
