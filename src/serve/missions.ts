import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { MissionCard } from '../game/card.ts'

/** Folder of the package: the bundle lies in dist/, the sources in src/serve/. */
export const root = [1, 2]
  .map((up) => join(dirname(fileURLToPath(import.meta.url)), ...Array(up).fill('..')))
  .find((d) => existsSync(join(d, 'scenarios')))

/** A scenario file as the menu shows it. */
export interface MissionFile {
  readonly file: string
  readonly card?: MissionCard
  /** Why it cannot be played. */
  readonly error?: string
}

/** What the build has found in a file with this content. */
export interface Indexed {
  readonly hash: string
  readonly card?: MissionCard
  readonly error?: string
}
export type MissionIndex = Readonly<Record<string, Indexed>>

export const INDEX = 'dist/missions.json'

export const contentHash = (content: string): string => createHash('sha1').update(content).digest('base64')

/** Every scenario file of the package, in order. */
export function scenarioPaths(): string[] {
  if (!root) return []
  const base = join(root, 'scenarios')
  return readdirSync(base)
    .filter((d) => statSync(join(base, d)).isDirectory())
    .flatMap((d) => readdirSync(join(base, d)).map((f) => join(base, d, f)))
    .filter((f) => f.endsWith('.yaml'))
    .sort()
}

function builtIndex(): MissionIndex {
  try {
    return JSON.parse(readFileSync(join(root!, INDEX), 'utf8'))
  } catch {
    // Not built, or not by us: every file is looked at.
    return {}
  }
}

/**
 * What can be played. Files that are as they were when the game was built come from the build's index; parsing and
 * checking takes longer than everything else that the menu needs.
 */
export async function missionFiles(): Promise<MissionFile[]> {
  const index = builtIndex()
  const found: MissionFile[] = []
  for (const file of scenarioPaths()) {
    const known = index[relative(root!, file)]
    if (known && known.hash === contentHash(readFileSync(file, 'utf8')))
      found.push({ file, card: known.card, error: known.error })
    else found.push((await import('./scenarios.ts')).missionFile(file))
  }
  return found
}
