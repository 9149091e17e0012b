import { Box, Text } from 'ink'
import type { ReactNode } from 'react'
import wrapAnsi from 'wrap-ansi'
import { useGame } from '../context.ts'
import stringWidth from '../width.ts'

/** A bar across the window: title left, more right. */
export function Bar({ left, right = '' }: { left: string; right?: string }): ReactNode {
  const { game, theme } = useGame()
  const width = game.columns
  const room = Math.max(0, width - stringWidth(right) - 2)
  const shown = stringWidth(left) > room ? `${left.slice(0, Math.max(0, room - 1))}…` : left
  const text = ` ${shown}${' '.repeat(Math.max(0, width - stringWidth(shown) - stringWidth(right) - 2))}${right} `
  return (
    <Text backgroundColor={theme.bar} color={theme.barText} inverse={!theme.bar} wrap="truncate">
      {text}
    </Text>
  )
}

/** Keys at the foot of a screen. */
export function Foot({ children }: { children: string }): ReactNode {
  const { theme } = useGame()
  return (
    <Text color={theme.dim} wrap="truncate">
      {' '}
      {children}
    </Text>
  )
}

/**
 * Running text cut to lines of `width`: blank lines separate paragraphs, other line ends are only the author's. What
 * follows a bullet or a number hangs under its text.
 */
export const paragraphs = (text: string, width: number): string[] =>
  text
    .replace(/^\n+|\s+$/g, '')
    .split(/\n\s*\n/)
    .flatMap((block, i) => {
      const [head] = /^ *(?:(?:[○●·✓✗]|\d+\.|F\d+) +)?/.exec(block)!
      const body = block.slice(head.length).replace(/\n(?! )/g, ' ')
      const lines = wrapAnsi(body, Math.max(10, width - head.length)).split('\n')
      const hang = ' '.repeat(head.length)
      return [...(i > 0 ? [''] : []), ...lines.map((line, at) => `${at === 0 ? head : hang}${line}`)]
    })

/** Lines seen through a window that the player scrolls. */
export function Scroll({ lines, height }: { lines: readonly ReactNode[]; height: number }): ReactNode {
  const { game, t, theme } = useGame()
  const { nav } = game
  // With lines below, the last row says so.
  nav.last = Math.max(0, lines.length - height)
  const from = Math.min(nav.offset, nav.last)
  const hidden = lines.length - from - height
  const shown = lines.slice(from, from + height - (hidden > 0 ? 1 : 0))
  return (
    <Box flexDirection="column" height={height}>
      {shown.map((line, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows of a window have no other identity
        <Text key={i} wrap="truncate">
          {line === '' ? ' ' : line}
        </Text>
      ))}
      {hidden > 0 ? <Text color={theme.dim}> ↓ {t.more(hidden + 1)}</Text> : null}
    </Box>
  )
}
