import { Box, Text } from 'ink'
import type { ReactNode } from 'react'
import { cardOf } from '../../game/card.ts'
import type { Mission } from '../../game/index.ts'
import { useGame } from '../context.ts'
import type { Controller } from '../controller.ts'
import { hintsToCome, hintText } from '../hints.ts'
import { TEXT_WIDTH } from '../layout.ts'
import { paragraphs } from '../paragraphs.ts'
import { sandboxLeaving } from '../sandbox-words.ts'
import type { UiText } from '../text.ts'
import type { Theme } from '../theme.ts'
import { say, withCode } from '../typeset.ts'
import { keptLines } from '../verdict.ts'
import { briefingLines } from './briefing.tsx'
import { Heading, Scroll } from './parts.tsx'
import { settingRows } from './settings.tsx'

/** What covers the terminal for a while. */
export interface Sheet {
  readonly title: string
  readonly lines: readonly ReactNode[]
  readonly keys: string
}

/** Rows of a sheet that are not its lines: a blank one, the title, another blank one. */
const SHEET_ROWS = 3
const MARGIN = 2

interface Drawn {
  readonly game: Controller
  readonly t: UiText
  readonly theme: Theme
  readonly width: number
}

/** The sheet of that name, for a place of so many cells. */
export function sheetOf(
  what: string,
  game: Controller,
  t: UiText,
  theme: Theme,
  [columns, rows]: readonly [number, number],
): Sheet {
  const sheet = contentOf(what, game, t, theme, columns)
  const scrolls = sheet.keys === t.sheetKeys && sheet.lines.length > rows - SHEET_ROWS
  return scrolls ? { ...sheet, keys: t.sheetScrollKeys } : sheet
}

function contentOf(what: string, game: Controller, t: UiText, theme: Theme, columns: number): Sheet {
  const drawn: Drawn = { game, t, theme, width: Math.min(columns - 2 * MARGIN, TEXT_WIDTH) }
  const { mission } = game
  if (what === 'help')
    return {
      title: t.help,
      lines: t
        .helpText(game.practice !== undefined)
        .flatMap((line) => (line === '' ? [''] : paragraphs(line, drawn.width))),
      keys: t.sheetKeys,
    }
  if (what === 'settings') return { title: t.settings, lines: settingRows(game, t, theme), keys: t.settingsKeys }
  if (!mission) {
    const { title, text, keys } = sandboxLeaving(game, t)
    return { title, lines: paragraphs(text, drawn.width), keys }
  }
  if (what === 'briefing')
    return {
      title: say(mission.scenario.title, game.language),
      lines: briefingLines(cardOf(mission.scenario), game.language, t, drawn.width),
      keys: t.sheetKeys,
    }
  if (what === 'hints') return hints(mission, drawn)
  if (what === 'verdict') return verdict(mission, drawn)
  const words = game.practice?.words() ?? t
  return {
    title: words.leave,
    lines: paragraphs(game.unsaved ? t.leaveUnsaved : words.leaveText, drawn.width),
    keys: words.leaveKeys,
  }
}

function hints(mission: Mission, { game, t, width }: Drawn): Sheet {
  const { hints } = mission.scenario
  const next = hints[mission.hintsShown]
  const shown = hints
    .slice(0, mission.hintsShown)
    .flatMap((hint, i) => [...paragraphs(`${i + 1}. ${withCode(say(hintText(hint), game.language))}`, width), ''])
  return {
    title: t.hints,
    lines: [...shown, ...paragraphs(hintsToCome(game, mission, t).join('\n\n'), width)],
    keys: next === undefined ? t.sheetKeys : t.hintKeys,
  }
}

function verdict(mission: Mission, { game, t, theme, width }: Drawn): Sheet {
  const { verdict, scenario } = mission
  const words = game.practice?.words() ?? t
  const met = scenario.goals.map((_, i) => verdict?.objectives[i]?.met === true)
  const lines = scenario.goals.flatMap((goal, i) => {
    const text = `${met[i] ? '✓' : '✗'} ${say(goal.say, game.language)} — ${met[i] ? t.met : t.unmet}`
    return paragraphs(text, width).map((line) => (
      <Text key={`${goal.id} ${line}`} color={met[i] ? theme.good : theme.bad}>
        {line}
      </Text>
    ))
  })
  const kept = keptLines(mission, t, (text) => say(text, game.language)).flatMap((line) => paragraphs(line, width))
  return {
    title: `${t.verdict}${t.colon} ${words.notYet} — ${t.metOf(met.filter(Boolean).length, met.length)}`,
    lines: [
      ...lines,
      ...(kept.length > 0 ? [''] : []),
      ...kept.map((line) => (
        <Text key={line} color={theme.warn}>
          {line}
        </Text>
      )),
    ],
    keys: t.sheetKeys,
  }
}

/** A sheet in a place of so many cells. */
export function Covering({ sheet, height }: { sheet: Sheet; height: number }): ReactNode {
  const { game } = useGame()
  const room = Math.max(1, height - SHEET_ROWS)
  return (
    <Box flexDirection="column" paddingLeft={MARGIN} height={height} overflow="hidden">
      <Text> </Text>
      <Heading>{sheet.title}</Heading>
      <Text> </Text>
      <Scroll key={game.place.overlay} lines={sheet.lines} height={Math.min(sheet.lines.length, room)} />
    </Box>
  )
}
