import { Box, Text } from 'ink'
import type { ReactNode } from 'react'
import { timeOf } from '../clock.ts'
import { useGame } from '../context.ts'
import type { Controller } from '../controller.ts'
import { PANEL_WIDTH, WIDE } from '../layout.ts'
import type { MachineView } from '../machines.ts'
import { paragraphs } from '../paragraphs.ts'
import { sandboxKeys, sandboxTitle } from '../sandbox-words.ts'
import type { UiText } from '../text.ts'
import { say } from '../typeset.ts'
import { Covering, sheetOf } from './overlays.tsx'
import { Bar, Foot } from './parts.tsx'

/** Columns of a machine's name and the blank behind it. */
const NAME_WIDTH = 14

const isNode = ({ role }: MachineView): boolean => role === 'control-plane' || role === 'worker'

function Machine({ m }: { m: MachineView }): ReactNode {
  const { t, theme } = useGame()
  const colour = m.node === undefined ? theme.dim : m.node === 'Ready' ? theme.good : theme.bad
  return (
    <Text wrap="truncate">
      <Text color={m.on ? theme.good : theme.bad}>{m.on ? '■' : '□'} </Text>
      {(m.name.length >= NAME_WIDTH ? `${m.name.slice(0, NAME_WIDTH - 2)}…` : m.name).padEnd(NAME_WIDTH)}
      {m.on ? (
        <>
          <Text color={colour}>{(isNode(m) ? (m.node ?? t.unseen) : '').padEnd(10)}</Text>
          {m.api === undefined ? null : <Text color={m.api ? theme.good : theme.bad}>:6443 {m.api ? '✓' : '✗'}</Text>}
        </>
      ) : (
        <Text color={theme.bad}>{t.poweredOff}</Text>
      )}
    </Text>
  )
}

/** Objectives and machines: beside the terminal, or in its place. */
function Panel({ width, height, aside = false }: { width: number; height: number; aside?: boolean }): ReactNode {
  const { game, t, theme } = useGame()
  const { mission } = game
  const lines: ReactNode[] = []
  const title = (text: string, more = ''): void => {
    lines.push(
      <Text key={`t${lines.length}`} wrap="truncate">
        <Text bold color={theme.accent}>
          {text}
        </Text>
        <Text color={theme.dim}>{more}</Text>
      </Text>,
    )
  }
  if (mission) {
    title(t.goals)
    mission.scenario.goals.forEach((g) => {
      const met = mission.verdict?.objectives.find((o) => o.id === g.id)?.met
      paragraphs(`${met ? '●' : '○'} ${say(g.say, game.language)}`, width - 2).forEach((line) => {
        lines.push(
          <Text key={`${g.id} ${line}`} color={met ? theme.good : undefined}>
            {line}
          </Text>,
        )
      })
    })
    lines.push(<Text key="gap"> </Text>)
  }
  title(t.map, game.side.mapOpen ? '' : ` · ${t.mapClosed}`)
  const machines = game.side.mapOpen ? game.machines() : []
  for (const m of machines) {
    lines.push(<Machine key={m.name} m={m} />)
    for (const condition of m.conditions)
      lines.push(
        <Text key={`${m.name} ${condition}`} color={theme.warn} wrap="truncate">
          {'    '}
          {condition}
        </Text>,
      )
  }
  if (machines.some((m) => isNode(m) && m.on && m.node === undefined))
    lines.push(
      <Text key="unseen" color={theme.dim} wrap="truncate">
        {t.unseenWhy}
      </Text>,
    )
  return (
    <Box
      flexDirection="column"
      width={width}
      height={height}
      paddingLeft={1}
      overflow="hidden"
      borderStyle={aside ? 'single' : undefined}
      borderColor={theme.dim}
      borderTop={false}
      borderRight={false}
      borderBottom={false}
    >
      {lines.slice(0, height)}
    </Box>
  )
}

/** What stands right in the bar: how far it is scrolled, time. */
function status({ game, t }: { game: Controller; t: UiText }): string {
  const { mission, session, clock, speed, practice } = game
  const parts = [
    practice?.place ?? '',
    game.past.scrolled > 0 ? t.scrolled(game.past.scrolled) : '',
    clock.skipping ? '»' : '',
    mission && (practice?.timed ?? true) ? timeOf(mission) : '',
    session ? `${new Date(session.world.now()).toISOString().slice(11, 19)} UTC` : '',
    speed === 1 ? '' : `×${speed}`,
  ]
  return parts.filter((x) => x !== '').join('  ')
}

/** The terminal, or a sheet over it, and the panel beside it. */
export function Play({ overlay }: { overlay: string | undefined }): ReactNode {
  const { game, t, theme } = useGame()
  const { mission, session } = game
  if (!session) return null
  const height = Math.max(1, game.rows - 2)
  const wide = game.columns >= WIDE
  const split = wide && game.side.beside
  const width = split ? game.columns - PANEL_WIDTH : game.columns
  const sheet = overlay === undefined ? undefined : sheetOf(overlay, game, t, theme, [width, height])
  const title = mission ? say(mission.scenario.title, game.language) : sandboxTitle(game, t)
  const keys = !mission ? sandboxKeys(game, t) : game.columns < 72 ? t.playKeysShort : t.playKeys
  return (
    <Box flexDirection="column">
      <Bar left={mission && game.unsaved ? `${title} — ${t.notSaved}` : title} right={status({ game, t })} />
      <Box height={height}>
        {sheet ? (
          <Box width={width} height={height}>
            <Covering sheet={sheet} height={height} />
          </Box>
        ) : !wide && game.side.instead ? (
          <Panel width={game.columns} height={height} />
        ) : (
          // Left blank: the terminal pane is laid over it (see Screen).
          <Box width={width} height={height} />
        )}
        {split ? <Panel width={PANEL_WIDTH} height={height} aside /> : null}
      </Box>
      {/* Something is being waited for: the key that skips it stands out. */}
      <Foot lit={session.busy && !sheet ? 'F5' : undefined}>{sheet?.keys ?? (game.prefix ? t.prefixKeys : keys)}</Foot>
    </Box>
  )
}
