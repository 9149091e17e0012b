import { Box, Text } from 'ink'
import type { ReactNode } from 'react'
import { useGame } from '../context.ts'
import { SETTINGS } from '../settings.ts'
import { Bar, Foot } from './parts.tsx'

export function SettingsScreen(): ReactNode {
  const { game, t, theme } = useGame()
  const index = game.nav.setting
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
