import { Box, Text } from 'ink'
import TextInput from 'ink-text-input'
import type { ReactNode } from 'react'
import { inLanguage, type Scenario } from '../../scenario/index.ts'
import { clockText, useGame } from '../context.ts'
import type { MenuState } from '../keys.ts'
import { Bar, Foot } from './parts.tsx'

/** Missions by domain, those that match the search. */
export function visibleScenarios(all: readonly Scenario[], query: string, language: 'en' | 'fr'): Scenario[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  const text = (s: Scenario): string =>
    `${s.id} ${inLanguage(s.title, language)} ${s.domain} ${inLanguage(s.brief, language)}`.toLowerCase()
  return all
    .filter((s) => words.every((w) => text(s).includes(w)))
    .sort((a, b) => (a.domain === b.domain ? a.difficulty - b.difficulty : a.domain < b.domain ? -1 : 1))
}

export function Menu({ menu }: { menu: MenuState }): ReactNode {
  const { game, t, theme } = useGame()
  const { language } = game
  const all = game.scenarios.flatMap((s) => (s.scenario ? [s.scenario] : []))
  const list = visibleScenarios(all, menu.query, language)
  const rows: ReactNode[] = []
  let domain = ''
  const resume = game.saved !== undefined
  if (resume) {
    const chosen = menu.index === 0
    rows.push(
      <Text key="resume" bold={chosen} color={chosen ? theme.accent : theme.warn}>
        {chosen ? '▸ ' : '  '}↻ {t.resume}: {game.saved?.scenario}
      </Text>,
    )
  }
  list.forEach((s, i) => {
    if (s.domain !== domain) {
      domain = s.domain
      rows.push(
        <Text key={domain} color={theme.dim}>
          {t.domains[domain] ?? domain}
        </Text>,
      )
    }
    const chosen = menu.index === i + (resume ? 1 : 0)
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
  for (const bad of game.scenarios.filter((s) => s.error))
    rows.push(
      <Text key={bad.file} color={theme.bad} wrap="truncate">
        {'  '}✗ {t.broken}: {bad.error}
      </Text>,
    )
  const height = Math.max(1, game.rows - 4 - (game.troubles.length > 0 ? 1 : 0))
  const at = rows.findIndex((r) => (r as any)?.props?.bold)
  const from = Math.max(0, Math.min(at - Math.floor(height / 2), rows.length - height))
  return (
    <Box flexDirection="column">
      <Bar left={`NotReady — ${t.tagline}`} right={t.missions} />
      <Box>
        <Text color={theme.dim}> {t.search}</Text>
        <TextInput value={menu.query} onChange={menu.setQuery} focus={menu.searching} showCursor={menu.searching} />
      </Box>
      <Box flexDirection="column" height={height}>
        {list.length === 0 && !resume ? (
          <Text color={theme.dim}> {t.nothingFound}</Text>
        ) : (
          rows.slice(from, from + height)
        )}
      </Box>
      {game.troubles.length > 0 ? (
        <Text color={theme.warn} wrap="truncate">
          {' '}
          {t.trouble}: {game.troubles[game.troubles.length - 1]}
        </Text>
      ) : null}
      <Foot>{t.menuKeys}</Foot>
    </Box>
  )
}
