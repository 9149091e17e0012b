import { Box, Text } from 'ink'
import type { ReactNode } from 'react'
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

/** Keys at the foot of a screen: `F1 help · F2 panel` or `h:help p:panel`. One of them may be lit. */
export function Foot({ children, lit }: { children: string; lit?: string }): ReactNode {
  const { theme } = useGame()
  const [between, after] = children.includes(' · ') ? [' · ', ' '] : [' ', ':']
  return (
    <Text color={theme.dim} wrap="truncate">
      {children.split(between).map((item, i) => {
        const end = item.indexOf(after)
        const key = item.slice(0, end)
        return (
          <Text key={item}>
            {i === 0 ? ' ' : between}
            <Text bold color={theme.accent} inverse={key === lit}>
              {key}
            </Text>
            {item.slice(end)}
          </Text>
        )
      })}
    </Text>
  )
}

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
