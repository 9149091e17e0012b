import { Box, Text } from 'ink'
import type { ReactNode } from 'react'
import { useGame } from '../context.ts'
import { WIDE } from '../layout.ts'
import { plain, printable } from '../plain-text.ts'
import { Bar, Foot, windowed } from '../screens/parts.tsx'
import { SearchLine } from '../screens/search-line.tsx'
import { placeTitle, rowText } from './describe.ts'
import type { Reading } from './host.ts'

/** Columns of the list where the beginning of a lesson has room beside it. */
const LIST_WIDTH = 68

/** The table of lessons, or of other pages. */
export function Lessons({ of: desk }: { of: Reading }): ReactNode {
  const { game, theme } = useGame()
  const { reader, words: t } = desk
  const { rows } = reader
  const at = Math.max(0, Math.min(reader.at, rows.length - 1))
  const height = Math.max(1, game.rows - 3)
  const wide = game.columns >= WIDE
  const lines = rows.map((file, i) => {
    const { mark, title, more } = rowText(file, desk)
    const chosen = i === at
    return (
      <Text
        key={file.id}
        wrap="truncate"
        bold={chosen}
        color={file.lesson ? (chosen ? theme.accent : undefined) : theme.bad}
      >
        {chosen ? '▸ ' : '  '}
        <Text color={theme.good}>{mark} </Text>
        {printable(title)}
        <Text color={theme.dim}>
          {'  '}
          {more}
        </Text>
      </Text>
    )
  })
  return (
    <Box flexDirection="column">
      <Bar left={`NotReady — ${reader.limited ? t.shelf : t.lessons}`} right={desk.status} />
      <SearchLine of={reader} />
      <Box height={height}>
        <Box flexDirection="column" width={wide ? LIST_WIDTH : game.columns} flexShrink={0} height={height}>
          {rows.length === 0 ? (
            <Text color={theme.dim}>
              {' '}
              {!reader.ready ? t.loading : reader.search.text === '' ? t.empty : t.nowhere}
            </Text>
          ) : (
            windowed(lines, at, height)
          )}
        </Box>
        {wide && rows[at] ? <Beginning lines={reader.preview(rows[at], game.columns - LIST_WIDTH)} /> : null}
      </Box>
      <Foot>{reader.searching ? t.searchKeys : t.tableKeys}</Foot>
    </Box>
  )
}

/** The beginning of a lesson. */
function Beginning({ lines }: { lines: readonly string[] }): ReactNode {
  const { game, theme } = useGame()
  return (
    <Box flexDirection="column" paddingLeft={2} height={game.rows - 3} overflow="hidden">
      {lines.slice(0, game.rows - 3).map((line, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines of a text have no other identity
        <Text key={i} color={theme.dim} wrap="truncate">
          {line === '' ? ' ' : line}
        </Text>
      ))}
    </Box>
  )
}

const inverse = (text: string): string => `\u001b[7m${text}\u001b[27m`

/** One lesson, or its contents. */
export function LessonScreen({ of }: { of: Reading }): ReactNode {
  const { game } = useGame()
  const { reader, words: t } = of
  const { lesson, page, height, hits, search } = reader
  if (!lesson) return null
  // The window may have changed since the last key.
  const from = Math.min(reader.offset, reader.last)
  const found = new Set(hits)
  const shown = page.lines.slice(from, from + height)
  const percent = reader.last === 0 ? 100 : Math.round((from / reader.last) * 100)
  const searched = reader.searching || search.text !== ''
  const hit = hits.findIndex((line) => line >= from)
  return (
    <Box flexDirection="column">
      <Bar
        left={t.title(lesson.order, lesson.title)}
        right={[...(of.status ? [of.status] : []), reader.contents ? t.contents : `${percent} %`].join('  ')}
      />
      {searched ? (
        <SearchLine
          of={reader}
          found={search.text === '' ? '' : hits.length === 0 ? `  ${t.nowhere}` : `  ${t.hits(hit + 1, hits.length)}`}
        />
      ) : null}
      <Text> </Text>
      <Box flexDirection="column" paddingLeft={2} height={height}>
        {reader.contents ? (
          <Contents of={of} height={height} />
        ) : (
          shown.map((line, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows of a window have no other identity
            <Text key={i} wrap="truncate">
              {line === '' ? ' ' : found.has(from + i) ? marked(line, search.text) : line}
            </Text>
          ))
        )}
      </Box>
      <Foot>
        {reader.searching
          ? t.searchKeys
          : reader.contents
            ? t.contentsKeys
            : game.columns < WIDE_KEYS
              ? t.pageKeysShort
              : t.pageKeys}
      </Foot>
    </Box>
  )
}

const WIDE_KEYS = 92

/** What was searched for stands out; a line in which colours cut it stands out as a whole. */
function marked(line: string, wanted: string): string {
  const at = line.toLowerCase().indexOf(wanted.toLowerCase())
  return at < 0
    ? inverse(plain(line))
    : line.slice(0, at) + inverse(line.slice(at, at + wanted.length)) + line.slice(at + wanted.length)
}

function Contents({ of, height }: { of: Reading; height: number }): ReactNode {
  const { theme } = useGame()
  const { reader, words: t } = of
  const { places } = reader.page
  const lines = places.map((place, i) => {
    const chosen = i === reader.contentsAt
    return (
      <Text
        key={`${place.line} ${place.title}`}
        wrap="truncate"
        bold={chosen}
        color={chosen ? theme.accent : undefined}
      >
        {chosen ? '▸ ' : '  '}
        {placeTitle(place, places, t)}
      </Text>
    )
  })
  return <>{windowed(lines, reader.contentsAt, height)}</>
}
