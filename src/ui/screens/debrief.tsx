import { Text } from 'ink'
import type { ReactNode } from 'react'
import { useGame } from '../context.ts'
import { debriefing } from '../debriefing.ts'
import { textWidth } from '../layout.ts'
import { paragraphs } from '../paragraphs.ts'
import { say } from '../typeset.ts'
import { drawn } from './drawn.tsx'
import { Heading, PAGE_ROWS, Page, Scroll } from './parts.tsx'

/** Before the debrief: what was the cause? */
export function Diagnosis(): ReactNode {
  const { game, t, theme } = useGame()
  const { mission, language, nav } = game
  if (!mission) return null
  const width = textWidth(game.columns)
  const lines = [
    ...paragraphs(t.diagnosisText, width),
    '',
    ...mission.causes.flatMap((cause, i) => {
      const chosen = i === nav.cause
      return paragraphs(`${chosen ? '▸' : '·'} ${say(cause.say, language)}`, width).map((line) => (
        <Text key={line} bold={chosen} color={chosen ? theme.accent : undefined}>
          {line}
        </Text>
      ))
    }),
  ]
  return (
    <Page
      left={`${t.debrief}${t.colon} ${say(mission.scenario.title, language)}`}
      right={t.points(mission.points)}
      keys={t.diagnosisKeys}
    >
      <Heading>{t.diagnosis}</Heading>
      <Text> </Text>
      <Scroll lines={lines} height={Math.max(1, game.rows - PAGE_ROWS - 2)} />
    </Page>
  )
}

/** What led to what, once a mission is solved. */
export function Debrief(): ReactNode {
  const { game, t, theme } = useGame()
  const { mission } = game
  if (!mission) return null
  const lines = drawn(debriefing(game, mission, t, textWidth(game.columns)), theme)
  return (
    <Page
      left={`${t.debrief}${t.colon} ${say(mission.scenario.title, game.language)}`}
      right={t.points(mission.points)}
      keys={game.desk.aboutMission.length === 0 ? t.debriefKeys : t.debriefLessonKeys}
    >
      <Scroll lines={lines} height={Math.max(1, game.rows - PAGE_ROWS)} />
    </Page>
  )
}
