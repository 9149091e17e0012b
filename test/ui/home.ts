import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'

/** Gives the tests of a file a player of their own, with neither settings nor progress. Answers with the folder. */
export function ownHome(): () => string {
  const saved = { ...process.env }
  let home = ''
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'notready-'))
    process.env.XDG_STATE_HOME = process.env.XDG_CONFIG_HOME = home
  })
  afterAll(() => {
    process.env = { ...saved }
    rmSync(home, { recursive: true, force: true })
  })
  return () => home
}
