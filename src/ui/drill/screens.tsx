import { Box, Text } from 'ink'
import type { ReactNode } from 'react'
import { useGame } from '../context.ts'
import { textWidth } from '../layout.ts'
import { Bar, Foot, Heading, PAGE_ROWS, Page, Scroll, Trouble } from '../screens/parts.tsx'
import { type Line, textOf } from './line.ts'

/** A line with its colours; the chosen entry stands out as a whole. */
function Drawn({ line, chosen = false }: { line: Line; chosen?: boolean }): ReactNode {
  const { theme } = useGame()
  if (chosen)
    return (
      <Text wrap="truncate" bold color={theme.accent}>
        {`▸ ${textOf(line)}`}
      </Text>
    )
  return (
    <Text wrap="truncate">
      {'  '}
      {line.parts.map(({ text, tone }, i) =>
        tone === 'heading' ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces of a line have no other identity
          <Heading key={i}>{text}</Heading>
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces of a line have no other identity
          <Text key={i} color={tone && theme[tone]}>
            {text}
          </Text>
        ),
      )}
    </Text>
  )
}

/** What is due, how strong one is, what comes. */
export function DrillPage(): ReactNode {
  const { game } = useGame()
  const { drill } = game
  const { words: t, nav, library } = drill
  const from = nav.offset
  const shown = drill.page.slice(from, from + nav.height)
  return (
    <Box flexDirection="column">
      <Bar left={`NotReady — ${t.drill}`} right={library && drill.streak} />
      <Text> </Text>
      <Box flexDirection="column" height={nav.height} overflow="hidden">
        {library ? (
          shown.map((line, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows of a window have no other identity
            <Drawn key={i} line={line} chosen={line.entry === nav.at} />
          ))
        ) : (
          <Text> {t.loading}</Text>
        )}
      </Box>
      <Box flexDirection="column" paddingLeft={2}>
        <Trouble />
      </Box>
      <Foot>{t.pageKeys}</Foot>
    </Box>
  )
}

/** After a task: what was met, how it is done, the rating. After a run of reflexes: the times. */
export function Drilled(): ReactNode {
  const { game } = useGame()
  const { drill, columns, rows } = game
  const { after } = drill
  const lines = after
    .lines(textWidth(columns))
    // biome-ignore lint/suspicious/noArrayIndexKey: lines of a text have no other identity
    .map((line, i) => <Drawn key={i} line={line} />)
  return (
    <Page left={after.title} right={after.about} keys={after.keys} flush>
      <Scroll lines={lines} height={Math.max(1, rows - PAGE_ROWS)} />
    </Page>
  )
}
