import { Box, Text } from 'ink'
import type { ReactNode } from 'react'
import { inLanguage } from '../../scenario/language.ts'
import { useGame } from '../context.ts'
import { paragraphs } from '../paragraphs.ts'
import { Bar, Foot, Scroll } from './parts.tsx'

export function Briefing(): ReactNode {
  const { game, t } = useGame()
  const s = game.chosen
  if (!s) return null
  const { language } = game
  const width = Math.min(game.columns - 4, 96)
  const left = game.card(game.saved?.scenario)
  const lines = [
    ...paragraphs(inLanguage(s.brief, language), width),
    '',
    `${t.goals}${t.colon}`,
    ...s.goals.flatMap((g) => paragraphs(`  ○ ${inLanguage(g, language)}`, width)),
    ...(s.keep.length > 0
      ? ['', `${t.keep}${t.colon}`, ...s.keep.flatMap((k) => paragraphs(`  · ${inLanguage(k, language)}`, width))]
      : []),
    '',
    t.parTime(s.minutes),
    ...(left && left.id !== s.id ? ['', ...paragraphs(t.replaces(inLanguage(left.title, language)), width)] : []),
  ]
  return (
    <Box flexDirection="column">
      <Bar
        left={`${t.briefing}${t.colon} ${inLanguage(s.title, language)}`}
        right={`${t.domains[s.domain]} ${'●'.repeat(s.difficulty)}${'○'.repeat(5 - s.difficulty)}`}
      />
      <Text> </Text>
      <Box paddingLeft={2}>
        <Scroll lines={lines} height={Math.max(1, game.rows - 3)} />
      </Box>
      <Foot>{game.resumable ? t.briefingResumeKeys : t.briefingKeys}</Foot>
    </Box>
  )
}
