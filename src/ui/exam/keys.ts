import { type Key, keyName } from '../../shell/tty/key.ts'
import { scrollKey, settingKey } from '../common-keys.ts'
import type { Controller } from '../controller.ts'
import { textWidth } from '../layout.ts'
import { resultLineOf } from './result-page.ts'

/** Letters after Ctrl-O, for terminals that keep the function keys for themselves. */
const LETTERS: Readonly<Record<string, string>> = {
  h: 'f1',
  p: 'f2',
  i: 'f3',
  g: 'f4',
  b: 'f5',
  n: 'f6',
  t: 'f7',
  z: 'f8',
  d: 'f9',
  o: 'settings',
  l: 'f10',
}

/** Which key shows a sheet: the same one closes it. */
const SHEETS: Readonly<Record<string, Controller['exam']['overlay']>> = {
  f1: 'help',
  f2: 'text',
  f3: 'hints',
  f7: 'list',
  f9: 'docs',
  f10: 'ending',
  settings: 'settings',
}

/** Every key of an exam's pages, and of the exam itself. */
export function examKey(game: Controller, key: Key): void {
  const { exam } = game
  const name = keyName(key)
  if (exam.overlay === 'docs') game.docs.key(key)
  else if (exam.overlay === 'solution') solutionKey(game, name === 'C-c' ? 'escape' : name)
  else if (exam.overlay) overlayKey(game, exam.overlay, key, name)
  else if (exam.seated) sittingKey(game, key, name)
  else pageKey(game, name === 'C-c' ? 'escape' : name)
  game.changed()
}

/** Pages before and after an exam. */
function pageKey(game: Controller, name: string): void {
  const { exam } = game
  switch (exam.stage) {
    case 'rules':
    case 'left':
      if (scrollKey(game, name)) return
      if (name === 'escape' || name === 'q') exam.back()
      else if (name === 'h') exam.go('history')
      else if (name === 'd') exam.cover('docs')
      else if (exam.stage === 'left') {
        if (name === 'enter') exam.begin(true)
        else if (name === 'x' && exam.sure) exam.giveUp()
        else exam.sure = name === 'x'
      } else if (name === 'p') exam.practice = !exam.practice
      else if (name === 'enter') exam.begin(false)
      return
    case 'loading':
      if (name === 'escape') exam.leave()
      return
    case 'result':
      if (exam.stunned) return
      if (scrollKey(game, name)) return
      if (name === 'h') exam.go('history')
      else if (name === 'left' || name === 'right') turn(game, name === 'left' ? -1 : 1)
      else if (name === 's') exam.cover('solution')
      else if (name === 'l') game.desk.readAbout(chosenText(game))
      else if (name === 'enter' || name === 'escape' || name === 'q') exam.back()
      return
    case 'history':
      return historyKey(game, name)
  }
}

/** In a result: to another task. */
function turn({ exam, nav, columns }: Controller, by: number): void {
  const last = (exam.result?.tasks.length ?? 1) - 1
  exam.at = Math.max(0, Math.min(last, exam.at + by))
  const begins = exam.at === 0 || exam.overlay === 'solution'
  nav.offset = begins ? 0 : resultLineOf(exam, exam.at, textWidth(columns))
}

/** How the task is solved that is chosen in a result. */
function solutionKey(game: Controller, name: string): void {
  if (scrollKey(game, name)) return
  if (name === 'left' || name === 'right') turn(game, name === 'left' ? -1 : 1)
  else if (name === 'l') game.desk.readAbout(chosenText(game))
  else if (name === 's' || name === 'enter' || name === 'escape' || name === 'q') {
    game.exam.cover(undefined)
    turn(game, 0)
  }
}

/** What the task said that is chosen in a result. */
function chosenText({ exam }: Controller): ReturnType<typeof exam.texts.of> {
  const task = exam.result?.tasks[exam.at]
  return task && exam.texts.of(task)
}

function historyKey({ exam }: Controller, name: string): void {
  const last = Math.max(0, exam.records.all.length - 1)
  if (name === 'up') exam.at = Math.max(0, exam.at - 1)
  else if (name === 'down') exam.at = Math.min(last, exam.at + 1)
  else if (name === 'enter' && exam.records.all[exam.at]) {
    exam.result = exam.records.all[exam.at]
    exam.go('result')
  } else if (name === 'escape' || name === 'q') exam.go(exam.saved ? 'left' : 'rules')
}

/** A key that is the exam's, wherever it is pressed; false when it is not. */
function ownKey({ exam }: Controller, name: string): boolean {
  const current = exam.exam?.current ?? 0
  if (name === 'f4') exam.flag(current)
  else if (name === 'f5') exam.show(current - 1)
  else if (name === 'f6') exam.show(current + 1)
  else if (name === 'f8') exam.pause(true)
  else if (name === 'f3' && !exam.exam?.options.practice) return true
  else if (SHEETS[name]) exam.cover(SHEETS[name])
  else return false
  return true
}

/** The terminal has the floor: the exam's own keys first, everything else goes to the shell. */
function sittingKey(game: Controller, key: Key, pressed: string): void {
  let name = pressed
  if (game.prefix) {
    game.prefix = false
    name = name === 'C-o' ? name : (LETTERS[name] ?? '')
    if (name === '') return
  } else if (name === 'C-o') {
    game.prefix = true
    return
  }
  if (ownKey(game, name)) return
  const page = Math.max(1, game.rows - 5)
  if (game.session?.tty.frame === undefined) {
    if (name === 'pageup' || name === 'S-pageup') return game.scroll(page)
    if (name === 'pagedown' || name === 'S-pagedown') return game.scroll(-page)
  }
  game.past.scrolled = 0
  game.exam.press(key)
}

/** A sheet covers the terminal. */
function overlayKey(game: Controller, what: string, key: Key, pressed: string): void {
  const { exam } = game
  let name = pressed
  if (game.prefix) {
    game.prefix = false
    name = LETTERS[name] ?? ''
  } else if (name === 'C-o') {
    game.prefix = true
    return
  }
  if (what === 'paused') return name === 'enter' || name === 'f8' || name === 'escape' ? exam.pause(false) : undefined
  if (what === 'settings' && settingKey(game, name)) return
  if (what === 'list' && listKey(game, name)) return
  if (scrollKey(game, name)) return
  if (what === 'hints' && name === 'enter') return exam.hint()
  if (what === 'ending') {
    if (name === 'enter') return exam.end()
    if (name === 'q' && exam.exam?.options.practice) return exam.leave()
  }
  // The key of this sheet closes it; another sheet's opens that.
  if (SHEETS[name] !== what && ownKey(game, name)) return
  exam.cover(undefined)
  // Who has read the task types.
  if (what === 'text' && (key.name === 'char' || key.name === 'paste')) exam.press(key)
}

function listKey({ exam }: Controller, name: string): boolean {
  const last = exam.tasks.length - 1
  if (name === 'up') exam.at = Math.max(0, exam.at - 1)
  else if (name === 'down') exam.at = Math.min(last, exam.at + 1)
  else if (name === 'pageup' || name === 'home') exam.at = 0
  else if (name === 'pagedown' || name === 'end') exam.at = last
  else if (name === 'enter') exam.show(exam.at)
  else if (name === 'g' || name === 'f4') exam.flag(exam.at)
  else return false
  return true
}
