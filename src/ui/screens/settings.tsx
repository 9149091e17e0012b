import { Box, Text } from 'ink'
import type { ReactNode } from 'react'
import type { Settings as Values } from '../../game/index.ts'
import { useGame } from '../context.ts'
import type { UiText } from '../text.ts'
import { Bar, Foot } from './parts.tsx'

/** One row a setting: its name, its values in order, and how a value is called. */
export const SETTINGS: readonly {
  readonly key: Exclude<keyof Values, 'version'>
  readonly values: readonly unknown[]
  readonly name: (t: UiText) => string
  readonly show: (value: any, t: UiText) => string
}[] = [
  {
    key: 'language',
    values: ['auto', 'en', 'fr'],
    name: (t) => t.setLanguage,
    show: (v, t) => (v === 'auto' ? t.auto : v === 'en' ? 'English' : 'Français'),
  },
  { key: 'theme', values: ['dark', 'light', 'mono'], name: (t) => t.setTheme, show: (v, t) => t.themes[v] },
  { key: 'speed', values: [1, 2, 5, 10], name: (t) => t.setSpeed, show: (v) => `×${v}` },
  { key: 'screenReader', values: [false, true], name: (t) => t.setReader, show: (v, t) => (v ? t.on : t.off) },
]

export function SettingsScreen({ index }: { index: number }): ReactNode {
  const { game, t, theme } = useGame()
  return (
    <Box flexDirection="column">
      <Bar left={t.settings} />
      <Text> </Text>
      {SETTINGS.map((s, i) => (
        <Text key={s.key} bold={i === index} color={i === index ? theme.accent : undefined}>
          {i === index ? ' ▸ ' : '   '}
          {s.name(t).padEnd(24)} ‹ {s.show(game.settings[s.key], t)} ›
        </Text>
      ))}
      <Text> </Text>
      <Foot>{t.settingsKeys}</Foot>
    </Box>
  )
}
