import { Text } from 'ink'
import type { ReactNode } from 'react'
import { useGame } from '../context.ts'
import type { Controller } from '../controller.ts'
import { SETTINGS } from '../settings.ts'
import type { UiText } from '../text.ts'
import type { Theme } from '../theme.ts'
import { Page, Trouble } from './parts.tsx'

/** One row a setting; the chosen one can be changed. */
export function settingRows(game: Controller, t: UiText, theme: Theme): ReactNode[] {
  return SETTINGS.map((s, i) => {
    const chosen = i === game.nav.setting
    return (
      <Text key={s.key} bold={chosen} color={chosen ? theme.accent : undefined}>
        {chosen ? '▸ ' : '  '}
        {s.name(t).padEnd(24)} ‹ {s.show(game.settings[s.key], t)} ›
      </Text>
    )
  })
}

/** The settings. */
export function SettingsScreen(): ReactNode {
  const { game, t, theme } = useGame()
  return (
    <Page left={t.settings} keys={t.settingsKeys}>
      {settingRows(game, t, theme)}
      <Text> </Text>
      <Trouble />
    </Page>
  )
}
