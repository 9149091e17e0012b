import { Box, Text } from 'ink'
import { type ReactNode, useEffect, useState } from 'react'
import type { Key } from '../shell/index.ts'
import { keyName } from '../shell/index.ts'
import { useGame } from './context.ts'
import { type MenuState, overlayKey, playKey } from './keys.ts'
import { MIN_COLUMNS, MIN_ROWS, PANEL_WIDTH, WIDE } from './layout.ts'
import { Briefing } from './screens/briefing.tsx'
import { Debrief } from './screens/debrief.tsx'
import { Menu, visibleScenarios } from './screens/menu.tsx'
import { Overlay } from './screens/overlays.tsx'
import { Bar } from './screens/parts.tsx'
import { Play } from './screens/play.tsx'
import { SETTINGS, SettingsScreen } from './screens/settings.tsx'

/** Where keys come from: the decoder of the real terminal, or a test. */
export interface KeyBus {
  listen(handler: (key: Key) => void): () => void
  /** Types into Ink's own input, for the one-line form. */
  type(key: Key): void
}

export function App({ bus }: { bus: KeyBus }): ReactNode {
  const { game, t, theme } = useGame()
  const [query, setQuery] = useState('')
  const [index, setIndex] = useState(0)
  const [searching, setSearching] = useState(false)
  const [offset, setOffset] = useState(0)
  const { value } = game.state
  const screen = typeof value === 'string' ? value : Object.keys(value)[0]
  const overlay = typeof value === 'object' ? Object.values(value)[0] : undefined

  useEffect(() => setOffset(0), [screen])
  useEffect(() => setIndex(0), [screen, query])
  useEffect(() => {
    const wide = game.columns >= WIDE && game.panel
    game.setPane(wide ? game.columns - PANEL_WIDTH : game.columns, Math.max(1, game.rows - 3))
  }, [game, game.columns, game.rows, game.panel])

  useEffect(
    () =>
      bus.listen((key) => {
        const name = keyName(key)
        if (screen === 'playing') {
          if (overlay === 'terminal') playKey(game, key)
          else overlayKey(game, overlay ?? '', key)
          return
        }
        if (name === 'C-c') return game.quit()
        if (screen === 'menu') {
          const all = game.scenarios.flatMap((s) => (s.scenario ? [s.scenario] : []))
          const list = visibleScenarios(all, query, game.language)
          const extra = game.saved ? 1 : 0
          const count = list.length + extra
          if (name === 'up') return setIndex((i) => Math.max(0, i - 1))
          if (name === 'down') return setIndex((i) => Math.min(count - 1, i + 1))
          if (searching) {
            if (name === 'escape') {
              setSearching(false)
              setQuery('')
            } else if (name === 'enter') setSearching(false)
            else bus.type(key)
            return
          }
          if (name === '/') return setSearching(true)
          if (name === 's') return game.send({ type: 'settings' })
          if (name === 'x') return game.begin('sandbox')
          if (name === 'q') return game.quit()
          if (name === 'enter') {
            if (extra && index === 0) return game.begin('resume')
            const chosen = list[index - extra]
            if (chosen) game.open(chosen)
          }
          return
        }
        if (screen === 'settings') {
          const row = SETTINGS[index]
          if (name === 'up') return setIndex((i) => Math.max(0, i - 1))
          if (name === 'down') return setIndex((i) => Math.min(SETTINGS.length - 1, i + 1))
          if (name === 'left' || name === 'right' || name === 'enter') {
            const at = row.values.indexOf(game.settings[row.key])
            const next = row.values[(at + (name === 'left' ? row.values.length - 1 : 1)) % row.values.length]
            return game.set({ [row.key]: next })
          }
          if (name === 'escape' || name === 'q') game.send({ type: 'back' })
          return
        }
        if (name === 'up' || name === 'pageup') return setOffset((o) => Math.max(0, o - (name === 'up' ? 1 : 10)))
        if (name === 'down' || name === 'pagedown') return setOffset((o) => o + (name === 'down' ? 1 : 10))
        if (screen === 'briefing') {
          if (name === 'enter') game.begin('mission')
          else if (name === 'escape' || name === 'q') game.send({ type: 'back' })
        } else if (screen === 'debrief' && (name === 'enter' || name === 'escape' || name === 'q'))
          game.send({ type: 'back' })
      }),
    [bus, game, screen, overlay, query, index, searching],
  )

  if (game.columns < MIN_COLUMNS || game.rows < MIN_ROWS)
    return <Text wrap="truncate">{t.tooSmall(game.columns, game.rows)}</Text>
  const menu: MenuState = { query, index, searching, setQuery }
  // Every screen fills the window: a shorter frame would leave rows of the one before.
  return (
    <Box flexDirection="column" width={game.columns} height={game.rows} overflow="hidden">
      {screenOf()}
    </Box>
  )

  function screenOf(): ReactNode {
    switch (screen) {
      case 'menu':
        return <Menu menu={menu} />
      case 'settings':
        return <SettingsScreen index={index} />
      case 'briefing':
        return <Briefing offset={offset} />
      case 'loading':
        return (
          <Box flexDirection="column">
            <Bar left="NotReady" />
            <Text color={theme.accent}>
              {'\n  '}
              {game.saved ? t.resuming : t.loading}
            </Text>
          </Box>
        )
      case 'playing':
        return <Play overlay={overlay === 'terminal' ? null : <Overlay what={overlay ?? ''} />} />
      case 'debrief':
        return <Debrief offset={offset} />
      default:
        return null
    }
  }
}
