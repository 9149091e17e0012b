import { Box, Text } from 'ink'
import type { ReactNode } from 'react'
import { useGame } from './context.ts'
import { Docs } from './docs/screen.tsx'
import { Drilled, DrillPage } from './drill/screens.tsx'
import { ExamScreen } from './exam/screens.tsx'
import { MIN_COLUMNS, MIN_ROWS } from './layout.ts'
import { LessonScreen, Lessons } from './lessons/screens.tsx'
import { Briefing } from './screens/briefing.tsx'
import { Debrief, Diagnosis } from './screens/debrief.tsx'
import { Menu } from './screens/menu.tsx'
import { Page } from './screens/parts.tsx'
import { Play } from './screens/play.tsx'
import { SettingsScreen } from './screens/settings.tsx'

/** Draws the controller's state; keys do not pass through React. */
export function App(): ReactNode {
  const { game, t, theme } = useGame()
  const { screen, overlay } = game.place
  if (game.columns < MIN_COLUMNS || game.rows < MIN_ROWS)
    return (
      <Box width={game.columns} height={game.rows} overflow="hidden">
        <Text>{t.tooSmall(game.columns, game.rows)}</Text>
      </Box>
    )
  // Every screen fills the window: a shorter frame would leave rows of the one before.
  return (
    <Box flexDirection="column" width={game.columns} height={game.rows} overflow="hidden">
      {screenOf()}
    </Box>
  )

  function screenOf(): ReactNode {
    switch (screen) {
      case 'menu':
        return <Menu />
      case 'settings':
        return <SettingsScreen />
      case 'briefing':
        return <Briefing />
      case 'loading':
        return (
          <Page left="NotReady" keys={t.loadingKeys}>
            <Text color={theme.accent}>
              {game.entrance.resuming ? t.resuming : t.loading}
              {game.entrance.replayed > 0 ? ` ${Math.floor(game.entrance.replayed * 100)}\u00a0%` : ''}
            </Text>
          </Page>
        )
      case 'playing':
        return <Play overlay={overlay} />
      case 'diagnosis':
        return <Diagnosis />
      case 'debrief':
        return <Debrief />
      case 'lessons':
        return <Lessons of={game.desk} />
      case 'lesson':
        return <LessonScreen of={game.desk} />
      case 'drill':
        return <DrillPage />
      case 'drilled':
        return <Drilled />
      case 'exam':
        return <ExamScreen />
      case 'docs':
        return <Docs />
      default:
        return null
    }
  }
}
