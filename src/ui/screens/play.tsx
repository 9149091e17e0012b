import { Box, Text } from 'ink'
import type { ReactNode } from 'react'
import { inLanguage } from '../../scenario/language.ts'
import { clockText } from '../clock.ts'
import { useGame } from '../context.ts'
import { PANEL_WIDTH, WIDE } from '../layout.ts'
import { Bar, Foot, paragraphs } from './parts.tsx'

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
    for (const m of game.machines()) {
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
      <Bar left={left} right={`${game.clock.skipping ? '» ' : ''}${time}  ${clock} UTC${speed}`} />
      {overlay ? (
        <Box flexDirection="column" height={height} overflow="hidden">
          {overlay}
        </Box>
      ) : (
        <Box height={height}>
          {!wide && game.panelInstead ? (
            <Panel width={game.columns} height={height} />
          ) : (
            // Left blank: the terminal pane is laid over it (see Screen).
            <Box width={width} height={height} />
          )}
          {split ? <Panel width={PANEL_WIDTH} height={height} /> : null}
        </Box>
      )}
      <Foot>{keys}</Foot>
    </Box>
  )
}
