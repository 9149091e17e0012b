import { createContext, useContext, useSyncExternalStore } from 'react'
import type { Controller } from './controller.ts'
import { type UiText, uiText } from './text.ts'
import { type Theme, themeOf } from './theme.ts'

export const ControllerContext = createContext<Controller | undefined>(undefined)

/** What every screen needs; the component is drawn again whenever the controller changes. */
export function useGame(): { game: Controller; t: UiText; theme: Theme } {
  const game = useContext(ControllerContext)!
  useSyncExternalStore(game.subscribe, game.getVersion, game.getVersion)
  return { game, t: uiText(game.language), theme: themeOf(game.colourless ? 'mono' : game.settings.theme) }
}
