import { Box, Text } from 'ink'
import TextInput from 'ink-text-input'
import type { ReactNode } from 'react'
import { useGame } from '../context.ts'
import type { Searching } from '../search.ts'
import stringWidth from '../width.ts'

/** What is searched for, lit while it is typed, and what was found. Something else may stand at the right. */
export function SearchLine({
  of,
  found = '',
  right = '',
}: {
  of: Searching
  found?: string
  right?: string
}): ReactNode {
  const { game, t, theme } = useGame()
  const room = game.columns - stringWidth(` ${t.search}${of.search.text}${found}`) - 2
  const { search, searching } = of
  return (
    <Box>
      <Text color={searching ? theme.accent : theme.dim}> {t.search}</Text>
      {/* Drawn anew for every text, so that its cursor stands at the end; the keys come from our own decoder. */}
      <TextInput key={search.text} value={search.text} onChange={() => {}} focus={searching} showCursor={searching} />
      <Text color={theme.dim}>{found}</Text>
      {right !== '' && room > stringWidth(right) ? (
        <Text color={theme.accent}>{right.padStart(room + right.length - stringWidth(right))}</Text>
      ) : null}
    </Box>
  )
}
