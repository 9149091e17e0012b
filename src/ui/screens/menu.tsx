import { Box, Text } from 'ink'
import type { ReactNode } from 'react'
import sliceAnsi from 'slice-ansi'
import type { MissionCard } from '../../game/card.ts'
import { domainName } from '../../scenario/curriculum.ts'
import { clockText } from '../clock.ts'
import { useGame } from '../context.ts'
import { WIDE } from '../layout.ts'
import { leftText, menuEntries } from '../menu.ts'
import { paragraphs } from '../paragraphs.ts'
import { printable } from '../plain-text.ts'
import { standingText } from '../standing.ts'
import { troubleLines } from '../trouble.ts'
import { say, withCode } from '../typeset.ts'
import { difficultyOf } from './briefing.tsx'
import { Bar, Foot, Trouble, windowed } from './parts.tsx'
import { SearchLine } from './search-line.tsx'

const LIST_WIDTH = 64
/** Marks before a title, and what stands behind it: difficulty, minutes, the best run. */
const MARKS_WIDTH = 4
const FACTS_WIDTH = 17
const BEST_WIDTH = 15
/** The bar, the search, the keys. */
const MENU_ROWS = 3
/** Fewer lines of a briefing are not worth showing. */
const MIN_DETAIL = 4

function Row({ card, chosen, titleWidth }: { card: MissionCard; chosen: boolean; titleWidth: number }): ReactNode {
  const { game, t, theme } = useGame()
  const done = game.progress.missions[card.id]
  const title = say(card.title, game.language)
  const shown = title.length > titleWidth ? `${title.slice(0, titleWidth - 1)}…` : title
  return (
    <Text wrap="truncate" bold={chosen} color={chosen ? theme.accent : undefined}>
      {chosen ? '▸ ' : '  '}
      <Text color={theme.good}>{done?.solved ? '✓ ' : '  '}</Text>
      {shown.padEnd(titleWidth)}
      <Text color={theme.dim}>
        {'  '}
        {difficultyOf(card)} {String(card.minutes).padStart(3)} {t.minutes}
      </Text>
      {done?.solved ? (
        <Text color={theme.good}>
          {'  '}★ {String(done.bestPoints).padStart(3)} {clockText(done.bestSeconds).padStart(7)}
        </Text>
      ) : null}
    </Text>
  )
}

/** The beginning of a mission's briefing. */
function Detail({ card, width, height }: { card: MissionCard; width: number; height: number }): ReactNode {
  const { game, theme } = useGame()
  const lines = paragraphs(withCode(say(card.brief, game.language)), width)
  const shown = lines.slice(0, height)
  if (lines.length > height) shown[height - 1] = sliceAnsi(shown[height - 1], 0, width - 1).replace(/ ?[^ ]*$/, ' …')
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

/** The missions, and the way to everything else. */
export function Menu(): ReactNode {
  const { game, t, theme } = useGame()
  const { language, nav } = game
  const entries = menuEntries(game)
  const index = Math.max(0, Math.min(nav.menu, entries.length - 1))
  const savedCard = game.card(game.saved?.scenario)
  const wide = game.columns >= WIDE
  const listWidth = wide ? LIST_WIDTH : game.columns
  const titleWidth = Math.min(
    Math.max(...game.missions.map(({ card }) => (card ? say(card.title, language).length : 0)), 0),
    listWidth - MARKS_WIDTH - FACTS_WIDTH - BEST_WIDTH,
  )
  const rows: ReactNode[] = []
  let domain = ''
  let at = 0
  entries.forEach((entry, i) => {
    const chosen = i === index
    const { card } = entry
    if (!card) {
      rows.push(
        <Text key={entry.left} wrap="truncate" bold={chosen} color={chosen ? theme.accent : theme.warn}>
          {chosen ? '▸ ' : '  '}↻ {leftText(entry, game)}
        </Text>,
      )
      return
    }
    if (card.domain !== domain) {
      domain = card.domain
      rows.push(
        <Text key={domain} color={theme.dim}>
          {domainName(domain, language)}
        </Text>,
      )
    }
    if (chosen) at = rows.length
    rows.push(<Row key={card.id} card={card} chosen={chosen} titleWidth={titleWidth} />)
  })
  for (const bad of game.missions.filter((s) => s.error))
    rows.push(
      <Text key={bad.file} color={theme.bad} wrap="truncate">
        {'  '}✗ {t.broken}
        {t.colon} {printable(bad.error ?? '')}
      </Text>,
    )
  const height = Math.max(1, game.rows - MENU_ROWS - troubleLines(game, t).length)
  const chosenEntry = entries[index]
  const card = chosenEntry?.card ?? (chosenEntry?.left === 'mission' ? savedCard : undefined)
  const below = height - rows.length - 1
  const done = game.missions.filter((m) => m.card && game.progress.missions[m.card.id]?.solved).length
  return (
    <Box flexDirection="column">
      <Bar left={`NotReady — ${t.tagline}`} right={`${t.missions}${t.colon} ${done}/${game.missions.length} ✓`} />
      <SearchLine of={nav} right={nav.searching ? '' : standingText(game.standing, t)} />
      <Box height={height}>
        <Box flexDirection="column" width={listWidth} height={height}>
          {entries.length === 0 ? <Text color={theme.dim}> {t.nothingFound}</Text> : windowed(rows, at, height)}
          {!wide && card && below >= MIN_DETAIL ? (
            <>
              <Text> </Text>
              <Detail card={card} width={game.columns - 4} height={below} />
            </>
          ) : null}
        </Box>
        {wide && card ? <Detail card={card} width={game.columns - LIST_WIDTH - 4} height={height} /> : null}
      </Box>
      <Box flexDirection="column" paddingLeft={2}>
        <Trouble />
      </Box>
      {/* An exam that was left is gone on with there. */}
      <Foot lit={game.exam.saved ? 'e' : undefined}>{nav.searching ? t.searchKeys : t.menuKeys}</Foot>
    </Box>
  )
}
