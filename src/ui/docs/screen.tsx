import type { ReactNode } from 'react'
import { useGame } from '../context.ts'
import { LessonScreen, Lessons } from '../lessons/screens.tsx'

/** The table of reference pages, or one of them. */
export function Docs(): ReactNode {
  const { docs } = useGame().game
  return docs.place.screen === 'lesson' ? <LessonScreen of={docs} /> : <Lessons of={docs} />
}
