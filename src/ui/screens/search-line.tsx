import { Box, Text } from 'ink'
import TextInput from 'ink-text-input'
import type { ReactNode } from 'react'
import { useGame } from '../context.ts'
import type { Searching } from '../search.ts'

/** What is searched for, lit while it is typed, and what was found. */
export function SearchLine({ of, found = '' }: { of: Searching; found?: string }): ReactNode {
  const { t, theme } = useGame()
  const { search, searching } = of
  return (
    <Box>
      <Text color={searching ? theme.accent : theme.dim}> {t.search}</Text>
      {/* Drawn anew for every text, so that its cursor stands at the end; the keys come from our own decoder. */}
      <TextInput key={search.text} value={search.text} onChange={() => {}} focus={searching} showCursor={searching} />
      <Text color={theme.dim}>{found}</Text>
    </Box>
  )
}
