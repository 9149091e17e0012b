import { type Key, keyName } from '../shell/tty/key.ts'
import { pageOf, scrollKey, settingKey } from './common-keys.ts'
import type { Controller } from './controller.ts'
import { examKey } from './exam/keys.ts'
import { menuEntries } from './menu.ts'
import { searchKey } from './search.ts'

/** Letters after Ctrl-O, for terminals that keep the function keys for themselves. */
const LETTERS: Readonly<Record<string, string>> = {
  h: 'f1',
  p: 'f2',
  i: 'f3',
  c: 'f4',
  f: 'f5',
  s: 'f6',
  o: 'f9',
  l: 'f10',
}

/** Which key shows a sheet: the same one closes it. */
const SHEET_KEYS: Readonly<Record<string, string>> = {
  f1: 'help',
  f3: 'hints',
  f4: 'verdict',
  f9: 'settings',
  f10: 'leaving',
}

/** Every key of the game comes through here. What it does is done when this returns: the next key may be waiting. */
export function handleKey(game: Controller, key: Key): void {
  const { screen, overlay } = game.place
  if (screen === 'playing') return overlay ? overlayKey(game, overlay, key) : playKey(game, key)
  if (screen === 'exam') return examKey(game, key)
  const name = keyName(key)
  if (name === 'C-c' && screen === 'menu') return game.quit()
  SCREENS[screen]?.(game, key, name === 'C-c' ? 'escape' : name)
  game.changed()
}

const SCREENS: Readonly<Record<string, (game: Controller, key: Key, name: string) => void>> = {
  menu(game, key, name) {
    const { nav } = game
    const entries = menuEntries(game)
    nav.menu = Math.max(0, Math.min(entries.length - 1, nav.menu))
    if (name === 'up') nav.menu = Math.max(0, nav.menu - 1)
    else if (name === 'down') nav.menu = Math.min(entries.length - 1, nav.menu + 1)
    else if (name === 'pageup') nav.menu = Math.max(0, nav.menu - pageOf(game))
    else if (name === 'pagedown') nav.menu = Math.min(entries.length - 1, nav.menu + pageOf(game))
    else if (nav.searching) {
      searchKey(nav, key, name)
      nav.menu = 0
    } else if (name === '/') nav.searching = true
    else if (name === 'escape') nav.search.clear()
    else if (name === 's') game.send({ type: 'settings' })
    else if (name === 'l') game.desk.openTable()
    else if (name === 'd') void game.drill.open()
    else if (name === 'e') game.exam.open()
    else if (name === 'x') game.begin('sandbox')
    else if (name === 'q') game.quit()
    else if (name === 'enter') {
      const entry = entries[nav.menu]
      if (entry?.card) game.open(entry.card)
      else if (entry?.left === 'exam') game.exam.open()
      else if (entry) game.begin('resume')
    }
  },
  loading(game, _key, name) {
    if (name === 'escape') game.cancelLoading()
  },
  settings(game, _key, name) {
    if (!settingKey(game, name) && (name === 'escape' || name === 'q')) game.send({ type: 'back' })
  },
  briefing(game, _key, name) {
    if (scrollKey(game, name)) return
    if (name === 'enter') game.begin(game.resumable ? 'resume' : 'mission')
    else if (name === 'r' && game.resumable) game.begin('mission')
    else if (name === 'escape' || name === 'q') game.send({ type: 'back' })
  },
  diagnosis(game, _key, name) {
    const { nav, mission } = game
    const last = (mission?.causes.length ?? 1) - 1
    if (name === 'up') nav.cause = Math.max(0, nav.cause - 1)
    else if (name === 'down') nav.cause = Math.min(last, nav.cause + 1)
    else if (name === 'enter') game.diagnose(nav.cause)
    else if (name === 'escape') game.diagnose(undefined)
  },
  debrief(game, _key, name) {
    if (scrollKey(game, name)) return
    if (name === 'l') game.desk.readAbout(game.mission?.scenario)
    else if (name === 'enter' || name === 'escape' || name === 'q') game.send({ type: 'back' })
  },
  lessons: (game, key, name) => game.desk.reader.key(key, name),
  lesson: (game, key, name) => game.desk.reader.key(key, name),
  drill: (game, _key, name) => game.drill.pageKey(name),
  drilled(game, _key, name) {
    if (!scrollKey(game, name)) game.drill.afterKey(name)
  },
  docs: (game, key) => game.docs.key(key),
}

/** A key while the terminal has the floor: the game's own keys first, everything else goes to the shell. */
function playKey(game: Controller, key: Key): void {
  let name = keyName(key)
  if (game.prefix) {
    game.prefix = false
    game.changed()
    if (name === 'b') return game.send({ type: 'show', what: 'briefing' })
    if (name === 'm') return game.side.toggleMap()
    if (name === 'r') name = 'l'
    if (name !== 'C-o') {
      if (!LETTERS[name]) return
      name = LETTERS[name]
    }
  } else if (name === 'C-o') {
    game.prefix = true
    return game.changed()
  }
  const page = Math.max(1, game.rows - 5)
  switch (name) {
    case 'f1':
      return game.send({ type: 'show', what: 'help' })
    case 'f2':
      return game.side.toggle()
    case 'f3':
      return game.mission ? game.send({ type: 'show', what: 'hints' }) : undefined
    case 'f4':
      return game.check()
    case 'f5':
      return game.clock.skip()
    case 'f6':
      return game.faster()
    case 'f9':
      return game.send({ type: 'show', what: 'settings' })
    case 'f10':
      return game.send({ type: 'show', what: 'leaving' })
  }
  if (game.session?.tty.frame === undefined) {
    if (name === 'pageup' || name === 'S-pageup') return game.scroll(page)
    if (name === 'pagedown' || name === 'S-pagedown') return game.scroll(-page)
  }
  // What is typed goes to the terminal, so the terminal comes back.
  game.side.instead = false
  game.past.scrolled = 0
  game.press(key)
}

/** A key while a sheet covers the terminal. */
function overlayKey(game: Controller, what: string, key: Key): void {
  const name = keyName(key)
  if (what === 'settings' && settingKey(game, name)) return game.changed()
  if (scrollKey(game, name)) return
  if (what === 'hints' && name === 'enter') return game.showHint()
  if (what === 'leaving') {
    if (name === 'enter' || name === 'y' || name === 'o') return game.leave()
    if (name === 'r' && game.mission) return game.practice ? game.practice.again() : game.begin('restart')
  }
  game.send({ type: 'close' })
  // From one sheet to another.
  if (SHEET_KEYS[name] !== undefined && SHEET_KEYS[name] !== what) playKey(game, key)
}
