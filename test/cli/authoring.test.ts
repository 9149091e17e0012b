import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { prove, proveLesson, proveTask } from '../../src/scenario/index.ts'

const root = join(import.meta.dirname, '../..')
const bundle = join(root, 'dist/notready.mjs')
const dir = mkdtempSync(join(tmpdir(), 'notready-new-'))
const notready = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bundle, ...args], {
    cwd: dir,
    encoding: 'utf8',
    env: { ...process.env, LANG: 'C.UTF-8' },
  })
  return { status, stdout, stderr }
}

beforeAll(() => execFileSync(process.execPath, [join(root, 'src/build.mjs')]), 120_000)
afterAll(() => rmSync(dir, { recursive: true }))

test('a new scenario is proven as it stands', () => {
  expect(notready('new', 'scenario', 'my-mission')).toMatchObject({ status: 0, stderr: '' })
  const proof = prove('my-mission.yaml', readFileSync(join(dir, 'my-mission.yaml'), 'utf8'), () => undefined)
  expect(proof.findings.filter(({ ok }) => !ok)).toEqual([])
  expect(proof.id).toBe('my-mission')
}, 120_000)

test('so is a new task', () => {
  expect(notready('new', 'task', 'my-task')).toMatchObject({ status: 0, stderr: '' })
  const proof = proveTask('my-task.yaml', readFileSync(join(dir, 'my-task.yaml'), 'utf8'), () => undefined)
  expect(proof).toEqual({
    id: 'my-task',
    ok: true,
    findings: [
      { ok: true, what: 'objective "config-map" is unmet at the start' },
      { ok: true, what: 'objective "environment" is unmet at the start' },
      { ok: true, what: 'solved by its solution' },
      { ok: true, what: 'not solved by decoy 1' },
    ],
  })
}, 120_000)

test('each variant is proven, its own first', () => {
  const { status, stdout } = notready('prove', '--variants', 'my-task.yaml')
  expect(status).toBe(0)
  expect(stdout.replaceAll(/, .*/g, '')).toBe(
    'proven  my-task --seed 0  (4/4\nproven  my-task --seed 1  (4/4\nproven  my-task --seed 2  (4/4\n',
  )
}, 120_000)

test('so is a new lesson', () => {
  expect(notready('new', 'lesson', 'my-lesson')).toMatchObject({ status: 0, stderr: '' })
  const proof = proveLesson('my-lesson.md', readFileSync(join(dir, 'my-lesson.md'), 'utf8'), () => undefined)
  expect(proof.findings.filter(({ ok }) => !ok)).toEqual([])
  expect(proof.findings).toHaveLength(2)
}, 120_000)

test('a file that is there stays as it is; names and kinds that are none are refused', () => {
  expect(notready('new', 'scenario', 'my-mission')).toEqual({
    status: 1,
    stdout: '',
    stderr: 'notready: my-mission.yaml exists and stays as it is\n',
  })
  expect(notready('new', 'scenario', '../x')).toEqual({
    status: 2,
    stdout: '',
    stderr: 'notready: "../x" is no ID: lower-case words joined by hyphens\n',
  })
  expect(notready('new', 'cluster', 'x')).toEqual({
    status: 2,
    stdout: '',
    stderr:
      'notready: new: what, and what shall it be called? notready new scenario my-mission, notready new task my-task, notready new lesson my-lesson\n',
  })
})

test('the schema names every field of a scenario', () => {
  const { status, stdout } = notready('schema')
  expect(status).toBe(0)
  const { properties, required } = JSON.parse(stdout)
  expect(Object.keys(properties)).toEqual(expect.arrayContaining(required))
  expect(required).toContain('goals')
})
