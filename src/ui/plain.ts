import type { MissionCard } from '../game/card.ts'
import { domainName } from '../scenario/curriculum.ts'
import type { Text } from '../scenario/language.ts'
import { bestRun } from './best-run.ts'
import { timeOf } from './clock.ts'
import type { Controller } from './controller.ts'
import { debriefing } from './debriefing.ts'
import { docsItem, docsPage } from './docs/plain.ts'
import * as drill from './drill/plain.ts'
import { examItem, examPage, examState, placeOf } from './exam/plain.ts'
import { hintsToCome, hintText } from './hints.ts'
import { pageItem, pageText, tableItem, tableText } from './lessons/plain.ts'
import { leftText, menuEntries } from './menu.ts'
import { paragraphs } from './paragraphs.ts'
import { plain } from './plain-text.ts'
import { sandboxKeys, sandboxLeaving, sandboxTitle } from './sandbox-words.ts'
import { SETTINGS } from './settings.ts'
import { standingText } from './standing.ts'
import { type UiText, uiText } from './text.ts'
import { say } from './typeset.ts'
import { keptLines } from './verdict.ts'

/** Rows of the past that a resumed mission begins with. */
const RECENT = 20
/** A paragraph is one line: the terminal or the reader breaks it. */
const ONE_LINE = 10_000

/**
 * The game for screen readers: no frames, no colours, nothing is drawn over. What is new is appended as text, and the
 * line being typed is echoed the way readline does.
 */
export class PlainView {
  /** What is on the unfinished last line. */
  private live = ''
  private place = ''
  private item = ''
  /** What was said of time and of the disk. */
  private state = ''
  /** Who comes to the terminal is told what stands there. */
  private oriented = false
  private frame: readonly string[] = []
  private readonly stop: () => void

  constructor(
    private readonly game: Controller,
    private readonly write: (text: string) => void,
  ) {
    const stops = [game.subscribe(() => this.update()), game.watch(() => this.update())]
    this.stop = () => {
      for (const stop of stops) stop()
    }
    game.onText = (text) => this.output(text)
    this.update()
  }

  close(): void {
    this.stop()
    this.game.onText = () => {}
    this.write('\n')
  }

  private get t(): UiText {
    return uiText(this.game.language)
  }

  private say = (text: Text): string => say(text, this.game.language)

  /** Appends whole lines. */
  private tell(...lines: readonly string[]): void {
    if (lines.length === 0) return
    const rest = this.live === '' ? '' : '\n'
    this.live = ''
    this.write(`${rest}${lines.map((l) => plain(l)).join('\n')}\n`)
  }

  /** Something that the terminal's programs wrote. */
  private output(text: string): void {
    if (!this.seated) return
    const clean = plain(text)
    // The echo of a command line repeats what stands there already.
    const known = this.live !== '' && clean.startsWith(this.live) ? this.live.length : 0
    this.write(known > 0 || this.live === '' ? clean.slice(known) : `\r\u001b[K${clean}`)
    this.live = ''
  }

  /** The player is at a terminal. */
  private get seated(): boolean {
    const { screen } = this.game.place
    return screen === 'playing' || (screen === 'exam' && this.game.exam.seated)
  }

  private update(): void {
    const { screen, overlay } = this.game.place
    const { nav } = this.game
    if (screen !== 'playing') this.oriented = false
    const { mission, side } = this.game
    const more = screen === 'playing' ? `${overlay ?? ''} ${mission?.hintsShown} ${side.beside} ${side.instead}` : ''
    const { reader } = this.game.desk
    const inside: Record<string, () => unknown> = {
      lesson: () => reader.lesson?.id,
      drill: () => this.game.drill.library !== undefined,
      exam: () => placeOf(this.game),
      docs: () => `${this.game.docs.place.screen} ${this.game.docs.reader.lesson?.id}`,
    }
    const place = `${screen} ${inside[screen]?.() ?? more}`
    if (place !== this.place) {
      const before = this.place
      this.place = place
      this.item = ''
      this.tell(...this.arrival(screen, overlay, before))
    }
    const items: Record<string, () => string> = {
      menu: () => this.menuItem(),
      settings: () => this.setting(nav.setting),
      diagnosis: () => this.causeItem(),
      lessons: () => tableItem(this.game.desk),
      lesson: () => pageItem(this.game.desk),
      drill: () => drill.pageItem(this.game.drill),
      exam: () => examItem(this.game),
      docs: () => docsItem(this.game.docs),
    }
    const prefixKeys = screen === 'exam' ? this.game.exam.words.prefixKeys : this.t.prefixKeys
    const item = this.game.prefix ? prefixKeys : (items[overlay === 'settings' ? overlay : screen]?.() ?? '')
    if (item !== this.item) {
      this.item = item
      if (item !== '') this.tell(item)
    }
    const state = this.stateOfPlay(screen)
    if (state !== this.state) {
      this.state = state
      if (state !== '') this.tell(state)
    }
    if (this.seated && !overlay) this.terminal()
  }

  /** What the bar of the window would show. */
  private stateOfPlay(screen: string): string {
    const { game, t } = this
    if (screen === 'exam') return examState(game)
    if (screen !== 'playing') return ''
    const { speed } = game
    return [
      ...(speed === 1 ? [] : [`${t.setSpeed}${t.colon} ×${speed}`]),
      ...(game.unsaved ? game.troubles.slice(-1).map((trouble) => trouble(t)) : []),
    ].join(', ')
  }

  /** What is told when the player comes to a screen. */
  private arrival(screen: string, overlay: string | undefined, before: string): string[] {
    const { game, t } = this
    if (screen === 'menu')
      return [
        `NotReady — ${t.tagline}`,
        ...game.troubles.slice(-1).map((trouble) => `${t.trouble}${t.colon} ${trouble(t)}`),
        ...[standingText(game.standing, t)].filter((text) => text !== ''),
        t.menuKeys,
      ]
    if (screen === 'settings') return [t.settings, t.settingsKeys]
    if (screen === 'briefing' && game.chosen)
      return [
        ...(game.replaced ? [t.replaces(this.say(game.replaced.title))] : []),
        ...this.briefing(game.chosen),
        game.resumable ? t.briefingResumeKeys : t.briefingKeys,
      ]
    if (screen === 'loading') return [game.entrance.resuming ? t.resuming : t.loading]
    if (screen === 'diagnosis') return [t.diagnosis, t.diagnosisText, t.diagnosisKeys]
    if (screen === 'debrief') return this.debrief()
    if (screen === 'lessons') return tableText(game.desk)
    if (screen === 'lesson') return pageText(game.desk)
    if (screen === 'drill') return drill.pageText(game.drill)
    if (screen === 'drilled') return drill.afterText(game.drill)
    if (screen === 'exam') return examPage(game, t)
    if (screen === 'docs') return docsPage(game.docs)
    if (screen !== 'playing') return []
    if (overlay) return this.sheet(overlay)
    if (!this.oriented) {
      this.oriented = true
      const rows = [...game.past.scrollback.rows(1000), game.past.scrollback.tail].filter((row) => row !== '')
      return [...(game.mission ? [t.playKeys] : [sandboxTitle(game, t), sandboxKeys(game, t)]), ...rows.slice(-RECENT)]
    }
    // Back from a sheet, or the panel was asked for.
    return before.startsWith('playing  ') ? this.panel() : []
  }

  private menuItem(): string {
    const { game, t } = this
    const entries = menuEntries(game)
    const search = game.nav.searching ? `${t.search}${game.nav.search.text}. ` : ''
    const at = Math.max(0, Math.min(game.nav.menu, entries.length - 1))
    const entry = entries[at]
    if (!entry) return `${search}${t.nothingFound}`
    const { card: s } = entry
    const what = s
      ? `${this.say(s.title)}, ${domainName(s.domain, game.language)}, ${t.difficulty} ${s.difficulty}/5, ${s.minutes} ${t.minutes}${game.progress.missions[s.id]?.solved ? `, ${t.done}` : ''}`
      : leftText(entry, game)
    return `${search}${at + 1}/${entries.length}: ${what}`
  }

  private setting(index: number): string {
    const row = SETTINGS[index]
    return `${row.name(this.t)}${this.t.colon} ${row.show(this.game.settings[row.key], this.t)}`
  }

  private briefing(s: MissionCard): string[] {
    const { t } = this
    const keep = s.keep.length > 0 ? [`${t.keep}${t.colon}`, ...s.keep.map((k) => `- ${this.say(k)}`)] : []
    const goals = s.goals.map((g) => `- ${this.say(g)}`)
    return [
      this.say(s.title),
      ...paragraphs(this.say(s.brief), ONE_LINE),
      `${t.goals}${t.colon}`,
      ...goals,
      ...keep,
      t.parTime(s.minutes),
      ...bestRun(this.game.progress.missions[s.id], t),
    ]
  }

  private debrief(): string[] {
    const { game, t } = this
    const { mission } = game
    if (!mission) return []
    const keys = game.desk.aboutMission.length === 0 ? t.debriefKeys : t.debriefLessonKeys
    const lines = debriefing(game, mission, t, ONE_LINE).map(
      ({ text, tone }) => text + (tone === 'heading' ? t.colon : ''),
    )
    return [`${t.debrief}${t.colon} ${this.say(mission.scenario.title)}`, ...lines.filter((line) => line !== ''), keys]
  }

  private causeItem(): string {
    const { nav, mission } = this.game
    const cause = mission?.causes[nav.cause]
    return cause ? `${nav.cause + 1}/${mission.causes.length}: ${this.say(cause.say)}` : ''
  }

  private sheet(what: string): string[] {
    const { game, t } = this
    const { mission } = game
    if (what === 'help') return [t.help, ...t.helpText(game.practice !== undefined), t.sheetKeys]
    if (what === 'settings') return [t.settings, t.settingsKeys]
    if (!mission) {
      const { title, text, keys } = sandboxLeaving(game, t)
      return [title, text, keys]
    }
    const words = game.practice?.words() ?? t
    if (what === 'leaving') return [words.leave, game.unsaved ? t.leaveUnsaved : words.leaveText, words.leaveKeys]
    const s = mission.scenario
    if (what === 'briefing' && game.chosen) return [...this.briefing(game.chosen), t.sheetKeys]
    if (what === 'hints') {
      const next = s.hints[mission.hintsShown]
      const shown = s.hints.slice(0, mission.hintsShown).map((h, i) => `${i + 1}. ${this.say(hintText(h))}`)
      return [t.hints, ...shown, ...hintsToCome(game, mission, t), next === undefined ? t.sheetKeys : t.hintKeys]
    }
    const met = mission.verdict?.objectives
    const goals = s.goals.map((g, i) => `${this.say(g.say)}${t.colon} ${met?.[i]?.met ? t.met : t.unmet}`)
    const kept = keptLines(mission, t, this.say)
    return [`${t.verdict}${t.colon} ${words.notYet}`, ...goals, ...kept, t.sheetKeys]
  }

  private panel(): string[] {
    const { game, t } = this
    const { mission, session } = game
    if (!session) return []
    const goals = mission ? [timeOf(mission), ...mission.scenario.goals.map((g) => `- ${this.say(g.say)}`)] : []
    const rack = game.machines().map((m) => {
      const api = m.api === undefined ? '' : m.api ? t.apiUp : t.apiDown
      const said = m.on ? [m.node ?? '', ...m.conditions, api] : [t.poweredOff]
      return [m.name, ...said.filter((x) => x !== '')].join(', ')
    })
    return [...goals, `${t.map}${t.colon}`, ...rack]
  }

  /** The line being typed, or what a full-screen program has changed. */
  private terminal(): void {
    const tty = this.game.session?.tty
    if (!tty) return
    if (tty.frame) {
      const lines = tty.frame.lines.map((l) => plain(l).trimEnd())
      const changed = lines.filter((l, i) => l !== this.frame[i] && l !== '' && l !== '~')
      this.frame = lines
      if (changed.length > 0) this.tell(...changed)
      return
    }
    this.frame = []
    if (!tty.editing) return
    const { prompt, before, after } = tty.editing
    const line = plain(`${this.game.past.scrollback.tail}${prompt}${before}${after}`)
    if (line === this.live && after === '') return
    // Typing at the end adds only what was typed: a reader speaks that, not the line again.
    const back = after === '' ? '' : `\u001b[${after.length}D`
    this.write(after === '' && line.startsWith(this.live) ? line.slice(this.live.length) : `\r\u001b[K${line}${back}`)
    this.live = line
  }
}
