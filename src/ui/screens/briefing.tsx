import { Text } from 'ink'
import type { ReactNode } from 'react'
import type { MissionCard } from '../../game/card.ts'
import { domainName } from '../../scenario/curriculum.ts'
import { bestRun } from '../best-run.ts'
import { useGame } from '../context.ts'
import { textWidth } from '../layout.ts'
import { paragraphs } from '../paragraphs.ts'
import type { UiText } from '../text.ts'
import { say, withCode } from '../typeset.ts'
import { Heading, PAGE_ROWS, Page, Scroll } from './parts.tsx'

/** Five dots, as many full as it is difficult. */
export const difficultyOf = (card: Pick<MissionCard, 'difficulty'>): string =>
  '●'.repeat(card.difficulty) + '○'.repeat(5 - card.difficulty)

/** What is wrong, what is wanted, and what must stay: the briefing as lines. */
export function briefingLines(card: MissionCard, language: 'en' | 'fr', t: UiText, width: number): ReactNode[] {
  const item = (sign: string, text: MissionCard['brief']): string[] =>
    paragraphs(`  ${sign} ${withCode(say(text, language))}`, width)
  // An exercise has the name of its only objective.
  const goals = card.goals.filter((goal) => !say(card.title, language).endsWith(say(goal, language)))
  return [
    ...paragraphs(withCode(say(card.brief, language)), width),
    ...(goals.length > 0
      ? ['', <Heading key="goals">{t.goals}</Heading>, ...goals.flatMap((goal) => item('○', goal))]
      : []),
    ...(card.keep.length > 0
      ? ['', <Heading key="keep">{t.keep}</Heading>, ...card.keep.flatMap((kept) => item('·', kept))]
      : []),
  ]
}

/** The sheet before a mission: what happened and what is asked. */
export function Briefing(): ReactNode {
  const { game, t, theme } = useGame()
  const card = game.chosen
  if (!card) return null
  const { language } = game
  const width = textWidth(game.columns)
  const { replaced } = game
  const warning = (text: string): ReactNode[] =>
    paragraphs(text, width).map((line) => (
      <Text key={line} color={theme.warn}>
        {line}
      </Text>
    ))
  const lines = [
    // Nobody should have to scroll down to it.
    ...(replaced ? [...warning(t.replaces(say(replaced.title, language))), ''] : []),
    ...briefingLines(card, language, t, width),
    '',
    ...paragraphs(t.parTime(card.minutes), width),
    ...bestRun(game.progress.missions[card.id], t).flatMap((line) => paragraphs(line, width)),
  ]
  return (
    <Page
      left={`${t.briefing}${t.colon} ${say(card.title, language)}`}
      right={`${domainName(card.domain, game.language)} ${difficultyOf(card)}`}
      keys={game.resumable ? t.briefingResumeKeys : t.briefingKeys}
    >
      <Scroll lines={lines} height={Math.max(1, game.rows - PAGE_ROWS)} />
    </Page>
  )
}
