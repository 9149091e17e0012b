import { Box, Text } from 'ink'
import TextInput from 'ink-text-input'
import type { ReactNode } from 'react'
import { inLanguage } from '../../scenario/language.ts'
import { clockText } from '../clock.ts'
import { useGame } from '../context.ts'
import { menuEntries } from '../menu.ts'
import { Bar, Foot } from './parts.tsx'

export function Menu(): ReactNode {
  const { game, t, theme } = useGame()
  const { language, nav } = game
  const query = nav.search.text
  const entries = menuEntries(game)
  const index = Math.max(0, Math.min(nav.menu, entries.length - 1))
  const rows: ReactNode[] = []
  let domain = ''
  let at = 0
  entries.forEach(({ card: s }, i) => {
    const chosen = i === index
    if (!s) {
      const left = game.card(game.saved?.scenario)
      const name = left ? inLanguage(left.title, language) : game.saved?.scenario
      rows.push(
        <Text key="resume" wrap="truncate" bold={chosen} color={chosen ? theme.accent : theme.warn}>
          {chosen ? '▸ ' : '  '}↻ {t.resume}: {name}
        </Text>,
      )
      return
    }
    if (s.domain !== domain) {
      domain = s.domain
      rows.push(
        <Text key={domain} color={theme.dim}>
          {t.domains[domain] ?? domain}
        </Text>,
      )
    }
    if (chosen) at = rows.length
    const done = game.progress.missions[s.id]
    rows.push(
      <Text key={s.id} wrap="truncate" bold={chosen} color={chosen ? theme.accent : undefined}>
        {chosen ? '▸ ' : '  '}
        <Text color={theme.good}>{done?.solved ? '✓ ' : '  '}</Text>
        {inLanguage(s.title, language)}
        <Text color={theme.dim}>
          {'  '}
          {'●'.repeat(s.difficulty)}
          {'○'.repeat(5 - s.difficulty)} {s.minutes} {t.minutes}
          {done?.solved ? `  ${t.best(done.bestPoints, clockText(done.bestSeconds))}` : ''}
        </Text>
      </Text>,
    )
  })
  for (const bad of game.missions.filter((s) => s.error))
    rows.push(
      <Text key={bad.file} color={theme.bad} wrap="truncate">
        {'  '}✗ {t.broken}
        {t.colon} {bad.error}
      </Text>,
    )
  const height = Math.max(1, game.rows - 3 - (game.troubles.length > 0 ? 1 : 0))
  const from = Math.max(0, Math.min(at - Math.floor(height / 2), rows.length - height))
  return (
    <Box flexDirection="column">
      <Bar left={`NotReady — ${t.tagline}`} right={t.missions} />
      <Box>
        <Text color={theme.dim}> {t.search}</Text>
        {/* Drawn anew for every text, so that its cursor stands at the end; the keys come from our own decoder. */}
        <TextInput key={query} value={query} onChange={() => {}} focus={nav.searching} showCursor={nav.searching} />
      </Box>
      <Box flexDirection="column" height={height}>
        {entries.length === 0 ? <Text color={theme.dim}> {t.nothingFound}</Text> : rows.slice(from, from + height)}
      </Box>
      {game.troubles.length > 0 ? (
        <Text color={theme.warn} wrap="truncate">
          {' '}
          {t.trouble}
          {t.colon} {game.troubles[game.troubles.length - 1]}
        </Text>
      ) : null}
      <Foot>{t.menuKeys}</Foot>
    </Box>
  )
}
