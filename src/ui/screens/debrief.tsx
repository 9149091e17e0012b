import { Text } from 'ink'
import type { ReactNode } from 'react'
import { clockText } from '../clock.ts'
import { useGame } from '../context.ts'
import { toRead } from '../lessons/to-read.ts'
import { momentLines } from '../moments.ts'
import { paragraphs } from '../paragraphs.ts'
import { say, withCode } from '../typeset.ts'
import { TEXT_WIDTH } from './briefing.tsx'
import { Heading, PAGE_ROWS, Page, Scroll } from './parts.tsx'

const TIME_WIDTH = 8

export function Debrief(): ReactNode {
  const { game, t, theme } = useGame()
  const m = game.mission
  if (!m) return null
  const width = Math.min(game.columns - 4, TEXT_WIDTH)
  const colours = { before: theme.warn, cluster: theme.bad, hint: theme.dim, check: theme.dim, solved: theme.good }
  const lines: ReactNode[] = [
    <Text key="score" color={theme.good}>
      ★ {t.points(m.points)} — {t.used(clockText(m.seconds), m.hintsShown, m.failedChecks)}
    </Text>,
    '',
    ...paragraphs(withCode(say(m.scenario.debrief, game.language)), width),
    ...toRead(game, width),
    '',
    <Heading key="timeline">{t.timeline}</Heading>,
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
    <Page
      left={`${t.debrief}${t.colon} ${say(m.scenario.title, game.language)}`}
      right={t.points(m.points)}
      keys={game.desk.aboutMission.length === 0 ? t.debriefKeys : t.debriefLessonKeys}
    >
      <Scroll lines={lines} height={Math.max(1, game.rows - PAGE_ROWS)} />
    </Page>
  )
}
