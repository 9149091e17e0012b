import { Box, Text } from 'ink'
import type { ReactNode } from 'react'
import { useGame } from '../context.ts'
import { troubleLines } from '../trouble.ts'
import stringWidth from '../width.ts'

/** A bar across the window: title left, more right. */
export function Bar({ left, right = '' }: { left: string; right?: string }): ReactNode {
  const { game, theme } = useGame()
  const width = game.columns
  const room = Math.max(0, width - stringWidth(right) - 2 - Math.sign(right.length))
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

/** Rows above and below what a page shows: the bar, a blank line, the keys. */
export const PAGE_ROWS = 3

/** A whole screen: bar, what it is about, keys on the last row. */
export function Page(props: {
  left: string
  right?: string
  keys: string
  /** What it shows has a margin of its own. */
  flush?: boolean
  children: ReactNode
}): ReactNode {
  const { game } = useGame()
  return (
    <Box flexDirection="column">
      <Bar left={props.left} right={props.right} />
      <Text> </Text>
      <Box
        flexDirection="column"
        height={Math.max(1, game.rows - PAGE_ROWS)}
        paddingLeft={props.flush ? 0 : 2}
        overflow="hidden"
      >
        {props.children}
      </Box>
      <Foot>{props.keys}</Foot>
    </Box>
  )
}

/** Some of a list's rows, with the chosen one among them; where there are more, a row says how many. */
export function windowed(rows: readonly ReactNode[], at: number, height: number): readonly ReactNode[] {
  const from = Math.max(0, Math.min(at - Math.floor(height / 2), rows.length - height))
  const shown = rows.slice(from, from + height)
  const after = rows.length - from - height
  if (height < MIN_WINDOW) return shown
  if (from > 0) shown[0] = <Hidden key="above" sign="↑" count={from + 1} />
  if (after > 0) shown[height - 1] = <Hidden key="below" sign="↓" count={after + 1} />
  return shown
}

/** Lower windows have no room for signs. */
const MIN_WINDOW = 3

function Hidden({ sign, count }: { sign: string; count: number }): ReactNode {
  const { theme } = useGame()
  return (
    <Text color={theme.dim}>
      {'  '}
      {sign} {count}
    </Text>
  )
}

/** What went wrong outside the simulation, on as many rows as it takes. */
export function Trouble(): ReactNode {
  const { game, t, theme } = useGame()
  return (
    <>
      {troubleLines(game, t).map((line) => (
        <Text key={line} color={theme.warn} wrap="truncate">
          {line}
        </Text>
      ))}
    </>
  )
}

/** A heading within a text. */
export function Heading({ children }: { children: string }): ReactNode {
  const { theme } = useGame()
  return (
    <Text bold color={theme.accent}>
      {children}
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
