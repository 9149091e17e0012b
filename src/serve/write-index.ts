import { writeFileSync } from 'node:fs'
import { MISSIONS } from './missions.ts'
import { TASKS } from './tasks.ts'

// Run by the build: what lists show of every file, so that the first frame need not parse them.
for (const index of [MISSIONS, TASKS]) writeFileSync(index.path, JSON.stringify(await index.write()))
