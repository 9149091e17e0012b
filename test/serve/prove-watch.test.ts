import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { watchAndProve } from '../../src/serve/prove-watch.ts'
import type { Answer } from '../../src/serve/prove-worker.ts'

const folder = mkdtempSync(join(tmpdir(), 'notready-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a file is proved again whenever it changes; every mistake is told with its place', {
  timeout: 60_000,
}, async () => {
  const file = join(folder, 'quick-expose.yaml')
  const good = readFileSync('content/tasks/services-networking/quick-expose.yaml', 'utf8')
  const bad = good.replace('difficulty: 1', 'difficulty: 9').replace('minutes: 1', 'minutes: [')
  writeFileSync(file, good.replace('difficulty: 1', 'difficulty: 9').replace('minutes: 1', 'minutes: soon'))
  const told: Answer['proof'][] = []
  const stop = new AbortController()
  const ended = watchAndProve(
    [file],
    undefined,
    stop.signal,
    ({ proof }) => {
      told.push(proof)
      return proof.ok
    },
    String,
  )
  const answers = (count: number) => vi.waitFor(() => expect(told).toHaveLength(count), { timeout: 30_000 })
  await answers(1)
  expect(told[0].findings).toEqual([
    { ok: false, what: 'loads', where: `${file}:5:1`, why: expect.stringContaining('difficulty') },
    { ok: false, what: 'loads', where: `${file}:6:1`, why: expect.stringContaining('minutes') },
  ])
  // What no longer can be parsed is told alone.
  writeFileSync(file, bad)
  await answers(2)
  expect(told[1].findings[0].where).toMatch(/^.*quick-expose\.yaml:\d+:\d+$/)
  // As editors do it: another file in its place.
  writeFileSync(`${file}.new`, good)
  renameSync(`${file}.new`, file)
  await answers(3)
  expect(told[2]).toMatchObject({ id: 'quick-expose', ok: true })
  stop.abort()
  expect(await ended).toBe(true)
})
