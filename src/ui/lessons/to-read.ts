import type { Controller } from '../controller.ts'
import { paragraphs } from '../paragraphs.ts'

/** At the end of a debrief: what there is to read about it. */
export function toRead(game: Controller, width: number): string[] {
  const { aboutMission, words: t } = game.desk
  if (aboutMission.length === 0) return []
  return ['', ...paragraphs(`→ ${t.toReadIn(aboutMission.map(({ title }) => title).join(' · '))}`, width)]
}
