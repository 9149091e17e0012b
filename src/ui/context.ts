import { createContext, useContext, useSyncExternalStore } from 'react'
import type { Controller } from './controller.ts'
import { type UiText, uiText } from './text.ts'
import { type Theme, themeOf } from './theme.ts'

export const ControllerContext = createContext<Controller | undefined>(undefined)

/** What every screen needs; the component is drawn again whenever the controller changes. */
export function useGame(): { game: Controller; t: UiText; theme: Theme } {
  const game = useContext(ControllerContext)!
  useSyncExternalStore(game.subscribe, game.getVersion, game.getVersion)
  return { game, t: uiText(game.language), theme: themeOf(game.settings) }
}

/** `12:07` or `1:02:07`. */
export function clockText(seconds: number): string {
  const pad = (n: number): string => String(n).padStart(2, '0')
  const h = Math.floor(seconds / 3600)
  const m = Math.floor((seconds % 3600) / 60)
  return h > 0 ? `${h}:${pad(m)}:${pad(seconds % 60)}` : `${m}:${pad(seconds % 60)}`
}
