import { Text } from 'ink'
import type { ReactNode } from 'react'
import type { DebriefLine } from '../debriefing.ts'
import type { Theme } from '../theme.ts'
import { Heading } from './parts.tsx'

/** Lines of a page as they are drawn. */
export function drawn(lines: readonly DebriefLine[], theme: Theme): ReactNode[] {
  return lines.map(({ text, tone }, i) => {
    if (text === '') return ''
    const key = `${i} ${text}`
    if (tone === 'heading') return <Heading key={key}>{text}</Heading>
    return (
      <Text key={key} color={tone && theme[tone]}>
        {text}
      </Text>
    )
  })
}
