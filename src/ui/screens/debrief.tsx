import { Box, Text } from 'ink'
import type { ReactNode } from 'react'
import { inLanguage } from '../../scenario/language.ts'
import { clockText } from '../clock.ts'
import { useGame } from '../context.ts'
import { Bar, Foot, paragraphs, Scroll } from './parts.tsx'

export function Debrief(): ReactNode {
  const { game, t, theme } = useGame()
  const m = game.mission
  if (!m) return null
  const width = Math.min(game.columns - 4, 96)
  const lines = [
    ...paragraphs(inLanguage(m.scenario.debrief, game.language), width),
    '',
    `${t.timeline}${t.colon}`,
    ...m
      .timeline()
      .map((x) => `  ${clockText(Math.floor((x.at - m.startedAt) / 1000)).padStart(7)}  ${x.what}`.slice(0, width)),
  ]
  return (
    <Box flexDirection="column">
      <Bar left={`${t.debrief}${t.colon} ${inLanguage(m.scenario.title, game.language)}`} right={t.points(m.points)} />
      <Text color={theme.good}>
        {'  '}★ {t.points(m.points)} — {t.used(clockText(m.seconds), m.hintsShown, m.failedChecks)}
      </Text>
      <Text> </Text>
      <Box paddingLeft={2}>
        <Scroll lines={lines} height={Math.max(1, game.rows - 4)} />
      </Box>
      <Foot>{t.debriefKeys}</Foot>
    </Box>
  )
}
