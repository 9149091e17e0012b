import { Box, Text } from 'ink'
import TextInput from 'ink-text-input'
import type { ReactNode } from 'react'
import type { MissionCard } from '../../game/card.ts'
import { inLanguage } from '../../scenario/language.ts'
import { clockText } from '../clock.ts'
import { useGame } from '../context.ts'
import { WIDE } from '../layout.ts'
import { menuEntries } from '../menu.ts'
import { paragraphs } from '../paragraphs.ts'
import { printable } from '../plain-text.ts'
import { Bar, Foot } from './parts.tsx'

const LIST_WIDTH = 64
/** Fewer lines of a briefing are not worth showing. */
const MIN_DETAIL = 4

function Row({ card, chosen }: { card: MissionCard; chosen: boolean }): ReactNode {
  const { game, t, theme } = useGame()
  const done = game.progress.missions[card.id]
  return (
    <Text wrap="truncate" bold={chosen} color={chosen ? theme.accent : undefined}>
      {chosen ? '▸ ' : '  '}
      <Text color={theme.good}>{done?.solved ? '✓ ' : '  '}</Text>
      {inLanguage(card.title, game.language)}
      <Text color={theme.dim}>
        {'  '}
        {'●'.repeat(card.difficulty)}
        {'○'.repeat(5 - card.difficulty)} {card.minutes} {t.minutes}
        {done?.solved ? `  ${t.best(done.bestPoints, clockText(done.bestSeconds))}` : ''}
      </Text>
    </Text>
  )
}

/** The beginning of a mission's briefing. */
function Detail({ card, width, height }: { card: MissionCard; width: number; height: number }): ReactNode {
  const { game, theme } = useGame()
  const lines = paragraphs(inLanguage(card.brief, game.language), width)
  const shown = lines.slice(0, height)
  if (lines.length > height) shown[height - 1] = `${shown[height - 1].slice(0, width - 2)} …`
  return (
    <Box flexDirection="column" paddingLeft={2}>
      {shown.map((line, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines of a text have no other identity
        <Text key={i} color={theme.dim} wrap="truncate">
          {line === '' ? ' ' : line}
        </Text>
      ))}
    </Box>
  )
}

export function Menu(): ReactNode {
  const { game, t, theme } = useGame()
  const { language, nav } = game
  const query = nav.search.text
  const entries = menuEntries(game)
  const index = Math.max(0, Math.min(nav.menu, entries.length - 1))
  const savedCard = game.card(game.saved?.scenario)
  const rows: ReactNode[] = []
  let domain = ''
  let at = 0
  entries.forEach(({ card }, i) => {
    const chosen = i === index
    if (!card) {
      rows.push(
        <Text key="resume" wrap="truncate" bold={chosen} color={chosen ? theme.accent : theme.warn}>
          {chosen ? '▸ ' : '  '}↻ {t.resume}
          {t.colon} {savedCard ? inLanguage(savedCard.title, language) : printable(game.saved?.scenario ?? '')}
        </Text>,
      )
      return
    }
    if (card.domain !== domain) {
      domain = card.domain
      rows.push(
        <Text key={domain} color={theme.dim}>
          {t.domains[domain] ?? domain}
        </Text>,
      )
    }
    if (chosen) at = rows.length
    rows.push(<Row key={card.id} card={card} chosen={chosen} />)
  })
  for (const bad of game.missions.filter((s) => s.error))
    rows.push(
      <Text key={bad.file} color={theme.bad} wrap="truncate">
        {'  '}✗ {t.broken}
        {t.colon} {printable(bad.error ?? '')}
      </Text>,
    )
  const height = Math.max(1, game.rows - 3 - (game.troubles.length > 0 ? 1 : 0))
  const wide = game.columns >= WIDE
  const card = entries[index]?.card ?? (entries[index] ? savedCard : undefined)
  const below = height - rows.length - 1
  const from = Math.max(0, Math.min(at - Math.floor(height / 2), rows.length - height))
  return (
    <Box flexDirection="column">
      <Bar left={`NotReady — ${t.tagline}`} right={t.missions} />
      <Box>
        <Text color={nav.searching ? theme.accent : theme.dim}> {t.search}</Text>
        {/* Drawn anew for every text, so that its cursor stands at the end; the keys come from our own decoder. */}
        <TextInput key={query} value={query} onChange={() => {}} focus={nav.searching} showCursor={nav.searching} />
      </Box>
      <Box height={height}>
        <Box flexDirection="column" width={wide ? LIST_WIDTH : game.columns} height={height}>
          {entries.length === 0 ? <Text color={theme.dim}> {t.nothingFound}</Text> : rows.slice(from, from + height)}
          {!wide && card && below >= MIN_DETAIL ? (
            <>
              <Text> </Text>
              <Detail card={card} width={game.columns - 4} height={below} />
            </>
          ) : null}
        </Box>
        {wide && card ? <Detail card={card} width={game.columns - LIST_WIDTH - 4} height={height} /> : null}
      </Box>
      {game.troubles.length > 0 ? (
        <Text color={theme.warn} wrap="truncate">
          {' '}
          {t.trouble}
          {t.colon} {printable(game.troubles[game.troubles.length - 1](t))}
        </Text>
      ) : null}
      <Foot>{t.menuKeys}</Foot>
    </Box>
  )
}
