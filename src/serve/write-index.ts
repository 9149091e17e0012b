import { readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { contentHash, INDEX, type Indexed, root, scenarioPaths } from './missions.ts'
import { missionFile } from './scenarios.ts'

// Run by the build: what the menu shows of every scenario, so that the first frame need not parse them.
const index: Record<string, Indexed> = {}
for (const file of scenarioPaths()) {
  const { card, error } = missionFile(file)
  index[relative(root!, file)] = { hash: contentHash(readFileSync(file, 'utf8')), card, error }
}
writeFileSync(join(root!, INDEX), JSON.stringify(index))
