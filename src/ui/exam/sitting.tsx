import { Box, Text } from 'ink'
import type { ReactNode } from 'react'
import { useGame } from '../context.ts'
import { TASK_WIDTH, TEXT_WIDTH } from '../layout.ts'
import { drawn } from '../screens/drawn.tsx'
import { Covering, type Sheet } from '../screens/overlays.tsx'
import { Bar, Foot, windowed } from '../screens/parts.tsx'
import { settingRows } from '../screens/settings.tsx'
import { withCode } from '../typeset.ts'
import { listLegend, taskRow } from './list.ts'
import { endingLines, hintKeys, hintLines, type Line, taskLines, teller } from './page.ts'
import { timeLeft } from './time-left.ts'

const SHEET_MARGIN = 4

/** What covers the terminal. */
function sheetOf(
  what: string,
  { game, t: ui, theme }: ReturnType<typeof useGame>,
  width: number,
  height: number,
): Sheet {
  const { exam } = game
  const { words: t } = exam
  const practice = exam.exam?.options.practice ?? false
  const room = Math.min(width - SHEET_MARGIN, TEXT_WIDTH)
  const tell = teller(room)
  const sheet = (title: string, lines: readonly Line[], keys: string): Sheet => ({
    title,
    lines: drawn(lines, theme),
    keys,
  })
  switch (what) {
    case 'help':
      return sheet(
        t.help,
        t.helpText(practice).flatMap((text) => tell(withCode(text))),
        ui.sheetKeys,
      )
    case 'list': {
      const rows = exam.tasks.map((task, n) => {
        const chosen = n === exam.at
        return (
          <Text key={task.host} wrap="truncate" bold={chosen} color={chosen ? theme.accent : undefined}>
            {chosen ? '▸ ' : '  '}
            {taskRow(exam, n)}
          </Text>
        )
      })
      const room = Math.max(1, height - 5)
      return {
        title: t.tasks,
        lines: [...windowed(rows, exam.at, room), ...drawn(listLegend(exam), theme)],
        keys: t.listKeys,
      }
    }
    case 'hints':
      return sheet(t.hints, hintLines(exam, room), hintKeys(exam, ui))
    case 'paused':
      return sheet(t.paused, tell(t.pausedText), t.pausedKeys)
    case 'settings':
      return { title: ui.settings, lines: settingRows(game, ui, theme), keys: ui.settingsKeys }
    case 'ending':
      return sheet(t.ending, endingLines(exam, room), practice ? t.endingPracticeKeys : t.endingKeys)
    default: {
      const [facts, ...lines] = taskLines(exam, exam.exam?.current ?? 0, room)
      return sheet(facts?.text ?? '', lines, t.textKeys)
    }
  }
}

/** At the terminal: the task beside it, or a sheet over it. */
export function Sitting(): ReactNode {
  const drawing = useGame()
  const { game } = drawing
  const { exam, columns } = game
  const { words: t, overlay } = exam
  const height = Math.max(1, game.rows - 2)
  const width = exam.wide ? columns - TASK_WIDTH : columns
  const sheet = overlay === undefined ? undefined : sheetOf(overlay, drawing, width, height)
  const keys = exam.exam?.options.practice ? (exam.narrow ? t.practiceKeysShort : t.practiceKeys) : t.keys
  return (
    <Box flexDirection="column">
      <Bar {...barOf()} />
      <Box height={height}>
        <Box width={width} height={height}>
          {sheet ? <Covering sheet={sheet} height={height} /> : null}
        </Box>
        {exam.wide ? <Task height={height} /> : null}
      </Box>
      <Foot>{game.prefix ? t.prefixKeys : (sheet?.keys ?? keys)}</Foot>
    </Box>
  )

  function barOf(): { left: string; right: string } {
    const n = exam.exam?.current ?? 0
    const task = exam.tasks[n]
    const place = exam.exam?.place
    const left = [
      ...(task ? [t.task(n + 1, exam.tasks.length), t.worth(task.worth), task.host] : []),
      ...(exam.exam?.flags.has(n) ? ['⚑'] : []),
      ...(game.unsaved ? [drawing.t.notSaved] : []),
    ]
    const here = place === undefined ? undefined : exam.tasks[place].host
    const right = [...(here === undefined ? [] : [(exam.narrow ? t.on : t.at)(here)]), timeLeft(exam)]
    return { left: left.join(' · '), right: right.join('  ') }
  }
}

/** The task beside the terminal; a long text is read in full on its sheet. */
function Task({ height }: { height: number }): ReactNode {
  const { game, t, theme } = useGame()
  const { exam } = game
  const lines = drawn(taskLines(exam, exam.exam?.current ?? 0, TASK_WIDTH - 3), theme)
  const room = lines.length > height ? height - 1 : height
  return (
    <Box
      flexDirection="column"
      width={TASK_WIDTH}
      height={height}
      paddingLeft={1}
      overflow="hidden"
      borderStyle="single"
      borderColor={theme.dim}
      borderTop={false}
      borderRight={false}
      borderBottom={false}
    >
      {lines.slice(0, room).map((line, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines of a text have no other identity
        <Text key={i} wrap="truncate">
          {line === '' ? ' ' : line}
        </Text>
      ))}
      {room < lines.length ? <Text color={theme.dim}>↓ {t.more(lines.length - room)} · F2</Text> : null}
    </Box>
  )
}
