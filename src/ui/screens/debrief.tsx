import { Box, Text } from 'ink'
import type { ReactNode } from 'react'
import { inLanguage } from '../../scenario/language.ts'
import { clockText } from '../clock.ts'
import { useGame } from '../context.ts'
import { toRead } from '../lessons/to-read.ts'
import { momentLines } from '../moments.ts'
import { paragraphs } from '../paragraphs.ts'
import { Bar, Foot, Scroll } from './parts.tsx'

/** Readers lose the line when it gets longer. */
const TEXT_WIDTH = 96
const TIME_WIDTH = 8

export function Debrief(): ReactNode {
  const { game, t, theme } = useGame()
  const m = game.mission
  if (!m) return null
  const width = Math.min(game.columns - 4, TEXT_WIDTH)
  const colours = { before: theme.warn, cluster: theme.bad, hint: theme.dim, check: theme.dim, solved: theme.good }
  const lines: ReactNode[] = [
    ...paragraphs(inLanguage(m.scenario.debrief, game.language), width),
    ...toRead(game, width),
    '',
    <Text key="timeline" bold color={theme.accent}>
      {t.timeline}
    </Text>,
    <Text key="legend" color={theme.dim}>
      {t.legend}
    </Text>,
    ...momentLines(m, t, width - TIME_WIDTH).map((x, i) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: moments have no other identity
      <Text key={i} color={x.who === 'player' ? undefined : colours[x.who]}>
        {x.time.padStart(TIME_WIDTH - 1)} {x.text}
      </Text>
    )),
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
      <Foot>{game.desk.aboutMission.length === 0 ? t.debriefKeys : t.debriefLessonKeys}</Foot>
    </Box>
  )
}
