import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterEach, beforeAll, expect, test, vi } from 'vitest'
import { noProgress, withAttempt } from '../../src/game/index.ts'
import { Lock } from '../../src/serve/lock.ts'
import { RunLog } from '../../src/serve/run-log.ts'
import { load, PROGRESS, type Problem, update } from '../../src/serve/storage.ts'
import { ownHome } from '../ui/home.ts'

const home = ownHome()
const path = (): string => join(home(), 'notready/run.jsonl')

/** Another game's process: what it does is the code of a module that may import from src/serve. */
const others: ChildProcess[] = []
async function other(code: string): Promise<ChildProcess> {
  const file = join(home(), `other-${others.length}.mjs`)
  const stdin = { contents: code, resolveDir: join(import.meta.dirname, '../../src/serve'), loader: 'ts' as const }
  await build({ stdin, bundle: true, platform: 'node', format: 'esm', outfile: file, packages: 'external' })
  const child = spawn(process.execPath, [file], { stdio: ['pipe', 'pipe', 'inherit'] })
  others.push(child)
  return child
}

const said = (child: ChildProcess): Promise<void> => new Promise((done) => child.stdout!.once('data', () => done()))
const ended = (child: ChildProcess): Promise<void> => new Promise((done) => child.once('exit', () => done()))

beforeAll(() => mkdirSync(join(home(), 'notready'), { recursive: true }))
afterEach(() => {
  for (const child of others) child.kill('SIGKILL')
})

const PLAYS = `
  import { RunLog } from './run-log.ts'
  const log = new RunLog(() => {})
  log.begin({ scenario: 'quiet-nodes', seed: 3 })
  log.append({ at: 1, time: true })
  console.log('plays')
  setInterval(() => {}, 1000)
`

test('a second game neither writes nor removes the log of the first; killed, it holds nobody up', async () => {
  const first = await other(PLAYS)
  await said(first)
  const kept = readFileSync(path(), 'utf8')
  const troubles: Problem[] = []
  const log = new RunLog((problem) => troubles.push(problem))
  expect(log.busy).toBe(first.pid)
  log.begin({ scenario: 'two-of-three', seed: 1 })
  log.append({ at: 2, time: true })
  log.end()
  log.resume({ scenario: 'two-of-three', seed: 1, inputs: [] })
  expect(readFileSync(path(), 'utf8')).toBe(kept)
  expect(troubles.map(({ kind, why }) => [kind, why])).toEqual([
    ['busy', String(first.pid)],
    ['busy', String(first.pid)],
  ])

  first.kill('SIGKILL')
  await ended(first)
  expect(existsSync(`${path()}.lock`)).toBe(true)
  expect(log.busy).toBeUndefined()
  log.resume(log.load()!)
  log.append({ at: 5, time: true })
  expect(readFileSync(path(), 'utf8')).toBe(`${kept}{"at":5,"time":true}\n`)
  log.end()
  expect(readdirSync(join(home(), 'notready'))).toEqual([])
})

test.each([
  ['a number that was given again', () => `${process.ppid} 1\n`],
  ['an empty file', () => ''],
  ['binary', () => '\0\xff'],
])('%s is nobody’s lock', (_, text) => {
  const lock = new Lock(() => `${path()}.lock`)
  writeFileSync(`${path()}.lock`, text())
  expect([lock.other, lock.take(), lock.other]).toEqual([undefined, undefined, undefined])
  lock.release()
  expect(existsSync(`${path()}.lock`)).toBe(false)
})

test('the dead whom nobody has buried hold nothing', async () => {
  const parent = spawn('sh', ['-c', 'sleep 0.5 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'inherit'] })
  others.push(parent)
  const pid = Number(await new Promise((done) => parent.stdout!.once('data', done)))
  const fields = (): string[] => readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)!.split(' ')
  await vi.waitFor(() => expect(fields()[0]).toBe('Z'), { timeout: 10_000 })
  writeFileSync(`${path()}.lock`, `${pid} ${fields()[19]}\n`)
  const lock = new Lock(() => `${path()}.lock`)
  expect(lock.other).toBeUndefined()
  expect(lock.take()).toBeUndefined()
  lock.release()
})

test('what two games reach at the same time is kept of both', async () => {
  const rounds = 40
  const child = await other(`
    import { withAttempt, noProgress } from '../game/progress.ts'
    import { PROGRESS, update } from './storage.ts'
    console.log('ready')
    process.stdin.once('data', () => {
      for (let n = 0; n < ${rounds}; n++)
        update(PROGRESS, noProgress(), (p) => withAttempt(p, 'theirs', { points: 50, seconds: 60 }), () => process.exit(1))
      process.exit(0)
    })
  `)
  await said(child)
  child.stdin!.write('go\n')
  const fail = (): void => expect.unreachable()
  for (let n = 0; n < rounds; n++)
    update(PROGRESS, noProgress(), (p) => withAttempt(p, 'ours', { points: 50, seconds: 60 }), fail)
  if (child.exitCode === null) await ended(child)
  const { missions } = load(PROGRESS, fail)
  expect([missions.ours.solved, missions.theirs.solved]).toEqual([rounds, rounds])
  expect(readdirSync(join(home(), 'notready'))).toEqual(['progress.json'])
})
