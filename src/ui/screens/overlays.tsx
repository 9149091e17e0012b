import { Box, Text } from 'ink'
import type { ReactNode } from 'react'
import { inLanguage } from '../../scenario/index.ts'
import { useGame } from '../context.ts'
import { paragraphs } from './parts.tsx'

function Sheet({ title, lines, foot }: { title: string; lines: readonly ReactNode[]; foot: string }): ReactNode {
  const { theme } = useGame()
  return (
    <Box flexDirection="column" paddingLeft={2}>
      <Text> </Text>
      <Text bold color={theme.accent}>
        {title}
      </Text>
      <Text> </Text>
      {lines.map((line, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: fixed text
        <Text key={i} wrap="truncate">
          {line === '' ? ' ' : line}
        </Text>
      ))}
      <Text> </Text>
      <Text color={theme.dim}>{foot}</Text>
    </Box>
  )
}

/** Points that the next hint costs. */
export const hintCost = (hint: unknown): number =>
  typeof hint === 'object' && hint !== null && 'cost' in hint ? (hint as { cost: number }).cost : 10

export function Overlay({ what }: { what: string }): ReactNode {
  const { game, t, theme } = useGame()
  const { mission, language } = game
  const width = Math.min(game.columns - 6, 100)
  if (what === 'help') return <Sheet title={t.help} lines={t.helpText} foot={t.anyKey} />
  if (!mission) return what === 'leaving' ? <Sheet title={t.leave} lines={[]} foot={t.leaveKeys} /> : null
  const s = mission.scenario
  if (what === 'briefing') {
    const lines = [
      ...paragraphs(inLanguage(s.brief, language), width),
      '',
      ...s.goals.flatMap((g) => paragraphs(`○ ${inLanguage(g.say, language)}`, width)),
    ]
    return <Sheet title={inLanguage(s.title, language)} lines={lines} foot={t.anyKey} />
  }
  if (what === 'hints') {
    const shown = s.hints
      .slice(0, mission.hintsShown)
      .flatMap((h, i) =>
        paragraphs(`${i + 1}. ${inLanguage(typeof h === 'object' && 'say' in h ? h.say : h, language)}`, width),
      )
    const next = s.hints[mission.hintsShown]
    return (
      <Sheet title={t.hints} lines={shown} foot={next === undefined ? t.noMoreHints : t.hintCost(hintCost(next))} />
    )
  }
  if (what === 'verdict') {
    const v = mission.verdict
    const lines = s.goals.map((g, i) => {
      const met = v?.objectives[i]?.met
      return (
        <Text key={g.id} color={met ? theme.good : theme.bad}>
          {met ? '✓' : '✗'} {inLanguage(g.say, language)} — {met ? t.met : t.unmet}
        </Text>
      )
    })
    const kept = v?.kept.every(Boolean) === false ? ['', t.keptBroken] : []
    return <Sheet title={`${t.verdict}: ${t.notYet}`} lines={[...lines, ...kept]} foot={t.anyKey} />
  }
  return <Sheet title={t.leave} lines={[]} foot={t.leaveKeys} />
}
