import { Box, Text } from 'ink'
import { memo, type ReactNode } from 'react'
import sliceAnsi from 'slice-ansi'
import stringWidth from 'string-width'
import { inLanguage } from '../../scenario/index.ts'
import { clockText } from '../clock.ts'
import { useGame } from '../context.ts'
import { PANEL_WIDTH, WIDE } from '../layout.ts'
import { machines } from '../machines.ts'
import { cut, type Scrollback } from '../scrollback.ts'
import { Bar, Foot, paragraphs } from './parts.tsx'

const Row = memo(function Row({ text }: { text: string }): ReactNode {
  return <Text wrap="truncate">{text === '' ? ' ' : text}</Text>
})

/** The cursor covers a whole grapheme: an emoji is several UTF-16 units. */
const segmenter = new Intl.Segmenter()

const INVERSE = (text: string): string => `\u001b[7m${text}\u001b[27m`

/** The rows of the terminal pane, newest last, with the line being edited and its cursor. */
export function terminalRows(
  scrollback: Scrollback,
  live: { before: string; after: string; prompt: string } | undefined,
  width: number,
  height: number,
  scrolled: number,
): string[] {
  const finished = scrollback.rows(width)
  const [cursor = ' '] = live ? Array.from(segmenter.segment(live.after.slice(0, 40)), (s) => s.segment) : []
  const marked = live
    ? `${scrollback.tail}${live.prompt}${live.before}${INVERSE(cursor === '\n' ? ' ' : cursor)}${live.after.slice(cursor.length)}`
    : `${scrollback.tail}${INVERSE(' ')}`
  const tail = marked.split('\n').flatMap((line) => cut(line, width))
  const total = finished.length + tail.length
  const end = Math.max(Math.min(height, total), total - scrolled)
  const start = Math.max(0, end - height)
  const rows: string[] = []
  for (let i = start; i < end; i++) rows.push(i < finished.length ? finished[i] : tail[i - finished.length])
  return rows
}

function Terminal({ width, height }: { width: number; height: number }): ReactNode {
  const { game } = useGame()
  const { session, scrollback } = game
  if (!session) return null
  const { frame, editing } = session.tty
  let rows: string[]
  if (frame) {
    rows = Array.from({ length: height }, (_, i) => {
      const line = sliceAnsi(frame.lines[i] ?? '', 0, width)
      if (frame.cursor?.row !== i) return line
      const at = frame.cursor.column
      const padded = line + ' '.repeat(Math.max(0, at + 1 - stringWidth(line)))
      return `${sliceAnsi(padded, 0, at)}${INVERSE(sliceAnsi(padded, at, at + 1))}${sliceAnsi(padded, at + 1)}`
    })
  } else rows = terminalRows(scrollback, editing, width, height, game.scrolled)
  while (rows.length < height) rows.push('')
  return (
    <Box flexDirection="column" width={width} height={height}>
      {rows.map((text, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows of a window have no other identity
        <Row key={i} text={text} />
      ))}
    </Box>
  )
}

function Panel({ width, height }: { width: number; height: number }): ReactNode {
  const { game, t, theme } = useGame()
  const { mission, session } = game
  const lines: ReactNode[] = []
  const title = (text: string): void => {
    lines.push(
      <Text key={`t${lines.length}`} bold color={theme.accent}>
        {text}
      </Text>,
    )
  }
  if (mission) {
    title(t.goals)
    mission.scenario.goals.forEach((g) => {
      const met = mission.verdict?.objectives.find((o) => o.id === g.id)?.met
      paragraphs(`${met ? '●' : '○'} ${inLanguage(g.say, game.language)}`, width - 2).forEach((line) => {
        lines.push(
          <Text key={`${g.id} ${line}`} color={met ? theme.good : undefined}>
            {line}
          </Text>,
        )
      })
    })
    lines.push(<Text key="gap"> </Text>)
  }
  if (session) {
    title(t.map)
    for (const m of machines(session.world)) {
      const status = !m.on ? t.poweredOff : m.api === undefined ? '' : m.api ? t.apiUp : t.apiDown
      lines.push(
        <Text key={m.name} wrap="truncate">
          <Text color={m.on ? theme.good : theme.bad}>{m.on ? '■' : '□'} </Text>
          {m.name.padEnd(14)}
          <Text color={!m.on || m.api === false ? theme.bad : theme.dim}>{status}</Text>
        </Text>,
      )
    }
  }
  return (
    <Box flexDirection="column" width={width} height={height} paddingLeft={1} overflow="hidden">
      {lines.slice(0, height)}
    </Box>
  )
}

export function Play({ overlay }: { overlay: ReactNode }): ReactNode {
  const { game, t } = useGame()
  const { mission, session } = game
  if (!session) return null
  const height = Math.max(1, game.rows - 2)
  const wide = game.columns >= WIDE
  const split = wide && game.panel && !overlay
  const width = split ? game.columns - PANEL_WIDTH : game.columns
  const clock = new Date(session.world.now()).toISOString().slice(11, 19)
  const time = mission ? `${clockText(mission.seconds)} / ${mission.scenario.minutes}:00` : ''
  const speed = game.settings.speed === 1 ? '' : ` ×${game.settings.speed}`
  const left = mission ? inLanguage(mission.scenario.title, game.language) : t.sandbox
  const keys = game.prefix ? t.prefixKeys : mission ? (game.columns < 72 ? t.playKeysShort : t.playKeys) : t.sandboxKeys
  return (
    <Box flexDirection="column">
      <Bar left={left} right={`${game.skipping ? '⏩ ' : ''}${time}  ${clock} UTC${speed}`} />
      {overlay ? (
        <Box flexDirection="column" height={height} overflow="hidden">
          {overlay}
        </Box>
      ) : (
        <Box height={height}>
          {!wide && game.panelInstead ? (
            <Panel width={game.columns} height={height} />
          ) : (
            <Terminal width={width} height={height} />
          )}
          {split ? <Panel width={PANEL_WIDTH} height={height} /> : null}
        </Box>
      )}
      <Foot>{keys}</Foot>
    </Box>
  )
}
