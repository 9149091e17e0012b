import { Box, Text } from 'ink'
import type { ReactNode } from 'react'
import { inLanguage } from '../../scenario/language.ts'
import { useGame } from '../context.ts'
import { hintCost, hintText } from '../hints.ts'
import { paragraphs } from '../paragraphs.ts'
import { keptLines } from '../verdict.ts'
import { Scroll } from './parts.tsx'

function Sheet({ title, lines, foot }: { title: string; lines: readonly ReactNode[]; foot: string }): ReactNode {
  const { game, theme } = useGame()
  return (
    <Box flexDirection="column" paddingLeft={2}>
      <Text> </Text>
      <Text bold color={theme.accent} wrap="truncate">
        {title}
      </Text>
      <Text> </Text>
      <Scroll lines={lines} height={Math.max(1, Math.min(lines.length, game.rows - 7))} />
      <Text> </Text>
      <Text color={theme.dim} wrap="truncate">
        {foot}
      </Text>
    </Box>
  )
}

export function Overlay({ what }: { what: string }): ReactNode {
  const { game, t, theme } = useGame()
  const { mission, language, desk } = game
  const words = desk.exercise ? desk.words : t
  const width = Math.min(game.columns - 6, 100)
  if (what === 'help')
    return (
      <Sheet
        title={t.help}
        lines={t.helpText.flatMap((l) => (l === '' ? [''] : paragraphs(l, width)))}
        foot={t.anyKey}
      />
    )
  if (!mission)
    return what === 'leaving' ? (
      <Sheet title={t.leaveSandbox} lines={paragraphs(t.leaveSandboxText, width)} foot={t.leaveSandboxKeys} />
    ) : null
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
      .flatMap((h, i) => paragraphs(`${i + 1}. ${inLanguage(hintText(h), language)}`, width))
    const next = s.hints[mission.hintsShown]
    return (
      <Sheet
        title={t.hints}
        lines={shown.length > 0 ? shown : [t.noHint]}
        foot={next === undefined ? t.noMoreHints : t.hintCost(hintCost(next))}
      />
    )
  }
  if (what === 'verdict') {
    const v = mission.verdict
    const lines = s.goals.flatMap((g, i) => {
      const met = v?.objectives[i]?.met
      const text = `${met ? '✓' : '✗'} ${inLanguage(g.say, language)} — ${met ? t.met : t.unmet}`
      return paragraphs(text, width).map((line) => (
        <Text key={line} color={met ? theme.good : theme.bad}>
          {line}
        </Text>
      ))
    })
    const kept = keptLines(mission, t, (text) => inLanguage(text, language)).flatMap((line) => paragraphs(line, width))
    return (
      <Sheet
        title={`${t.verdict}${t.colon} ${words.notYet}`}
        lines={[...lines, ...(kept.length > 0 ? ['', ...kept] : [])]}
        foot={t.anyKey}
      />
    )
  }
  return <Sheet title={words.leave} lines={paragraphs(words.leaveText, width)} foot={words.leaveKeys} />
}
