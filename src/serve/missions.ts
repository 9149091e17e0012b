import type { MissionCard } from '../game/card.ts'
import { type ContentFile, ContentIndex, yamlBelow } from './content-index.ts'

/** A scenario file as the menu shows it. */
export type MissionFile = ContentFile<MissionCard>

/** Every scenario file of the package, in order. */
export const scenarioPaths = (): string[] => yamlBelow('scenarios')

/** Cards of all missions, read from the index that the build wrote or from the scenarios themselves. */
export const MISSIONS = new ContentIndex<MissionCard>(
  'missions.json',
  scenarioPaths,
  async () => (await import('./scenarios.ts')).missionFile,
)

/** What can be played. */
export const missionFiles = (): Promise<MissionFile[]> => MISSIONS.files()
