import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { render } from 'ink-testing-library'
import { describe, expect, test, vi } from 'vitest'
import { missionFiles } from '../../src/serve/missions.ts'
import { App } from '../../src/ui/app.tsx'
import { ControllerContext } from '../../src/ui/context.ts'
import { Controller } from '../../src/ui/controller.ts'
import { KeyDecoder } from '../../src/ui/keyboard.ts'
import { handleKey } from '../../src/ui/keys.ts'
import { PlainView } from '../../src/ui/plain.ts'
import { ownHome } from './home.ts'

const home = ownHome()

const press = (game: Controller, bytes: string): void => {
  const decoder = new KeyDecoder()
  for (const key of [...decoder.feed(bytes), ...decoder.flush()]) handleKey(game, key)
}

/** The game in a window; `type` answers with what is then to be seen. */
async function open(language: 'en' | 'fr') {
  const game = new Controller(language, await missionFiles())
  game.resize(80, 24)
  const app = render(
    <ControllerContext.Provider value={game}>
      <App />
    </ControllerContext.Provider>,
  )
  const type = async (bytes: string): Promise<string[]> => {
    press(game, bytes)
    // React draws later than the keys act.
    await new Promise((done) => setTimeout(done, 60))
    return app
      .lastFrame()!
      .replaceAll('\u00a0', ' ')
      .replace(/\x1b\[[0-9;]*m/g, '')
      .split('\n')
      .map((line) => line.trimEnd())
  }
  return { game, type }
}

describe('the reader', () => {
  test('keys typed before the lessons are there are not lost: choose, open', async () => {
    const { game, type } = await open('en')
    press(game, 'l\x1b[B\r')
    await vi.waitFor(() => expect(game.place.screen).toBe('lesson'), { timeout: 20_000 })
    expect((await type('')).slice(0, 3)).toEqual([
      ' Lesson 2: etcd and Raft                                                    0 %',
      '',
      '  Everything that the cluster knows is in etcd: a small key-value store whose',
    ])
  })

  test('searches, shows the contents, turns to the next lesson, and goes back', async () => {
    const { game, type } = await open('fr')
    await game.desk.reader.load()
    expect((await type('l/sérialisable\r')).slice(1, 4)).toEqual([
      ' Chercher : sérialisable',
      '▸    2. etcd et Raft  18 min · 0/3 exercices',
      '',
    ])
    const found = await type('\r')
    expect(found[1]).toBe(' Chercher : sérialisable  1/1')
    expect(found.join('\n')).toContain('toujours, peut-être au passé')
    await type('\x1b')
    expect(await type('t')).toEqual(
      expect.arrayContaining(
        ['    Exercice 1 — Trouver le leader', '    → Mission : Deux sur trois'].map((l) =>
          expect.stringContaining(l.trim()),
        ),
      ),
    )
    await type('\x1b')
    expect((await type('\x1b[C'))[0]).toMatch(/^ Leçon 3 : Le parcours dans le serveur d’API/)
    await type('\x1b')
    await type('\x1b')
    await type('\x1b')
    expect(game.place.screen).toBe('menu')
  })

  test('a mark is kept', async () => {
    const { game, type } = await open('en')
    await game.desk.reader.load()
    expect((await type('ld'))[2]).toBe('▸ ✓  1. What a cluster is made of  12 min · 0/2 exercises')
    expect(JSON.parse(readFileSync(join(home(), 'notready', 'progress.json'), 'utf8')).lessons).toEqual({
      architecture: { read: true, exercises: [] },
    })
    expect(new Controller('en').progress).toEqual(game.progress)
    await type('d')
    expect(game.desk.isRead('architecture')).toBe(false)
  })
})

test('an exercise opens a world, is checked, leaves no trace but its mark, and comes back to the lesson', async () => {
  const { game, type } = await open('en')
  await game.desk.reader.load()
  await type('l/impersonate\r\r')
  press(game, '1')
  await vi.waitFor(() => expect(game.place).toEqual({ screen: 'playing', overlay: 'briefing' }), { timeout: 50_000 })
  expect((await type('')).join('\n')).toContain('RBAC — Just enough')
  await type('\x1b')
  await type('\x1bOS')
  expect((await type('')).join('\n')).toContain('Check: not yet')
  await type('\x1b')
  await type('kubectl -n app create role x --verb=get,list,watch --resource=pods,pods/log\r')
  game.simulate(() => game.session!.world.advance(2000))
  await type('kubectl -n app create rolebinding x --role=x --serviceaccount=app:dev\r')
  game.simulate(() => game.session!.world.advance(2000))
  const lesson = (await type('\x1bOS')).join('\n')
  expect(lesson).toContain('┌ Exercise 1 — Just enough ✓')
  expect(lesson).toContain('it leaves out Secrets on purpose')
  expect(game.progress.lessons.rbac).toEqual({ read: false, exercises: ['reader'] })
  expect(game.progress.missions).toEqual({})
  expect(game.saved).toBeUndefined()
})

test('a screen reader is told the table, a lesson, and what was found', async () => {
  const game = new Controller('en', await missionFiles())
  await game.desk.reader.load()
  let told = ''
  new PlainView(game, (text) => {
    told += text
  })
  const type = (bytes: string): string => {
    told = ''
    press(game, bytes)
    return told
  }
  expect(type('l')).toContain('Lessons\n')
  expect(type('\x1b[B')).toBe('2/16:  2. etcd and Raft 18 min · 0/3 exercises\n'.replace('  2', ' 2'))
  expect(type('\r').split('\n').slice(0, 3)).toEqual(
    ['Lesson 2: etcd and Raft', '', 'Everything that the cluster knows is in etcd: a small key-value store whose']
      .toSpliced(1, 1)
      .concat('members agree on every write before they answer. Kubernetes keeps one key'),
  )
  expect(type('/pre-vote\r')).toContain('pre-vote')
  expect(type('t\x1b[B')).toContain('How a member lives')
})

test('a debrief names the lessons: those of the mission first, then those that name it', async () => {
  const { game } = await open('en')
  const { reader } = game.desk
  await reader.load()
  const ids = (mission: { id: string; lessons?: string[] }) => reader.about(mission).map(({ id }) => id)
  expect(ids({ id: 'two-of-three' })).toEqual(['etcd', 'seven-traps'])
  expect(ids({ id: 'two-of-three', lessons: ['time', 'seven-traps', 'gone'] })).toEqual(['time', 'seven-traps', 'etcd'])
  expect(ids({ id: 'nothing' })).toEqual([])
})

test('from a debrief to its lessons and back; an exercise on the way closes the way back', async () => {
  const game = new Controller('en', await missionFiles())
  const { reader } = game.desk
  await reader.load()
  game.mission = { scenario: { id: 'two-of-three' } } as never
  for (const type of ['open', 'start', 'ready', 'solved'] as const) game.send({ type })
  const places = (bytes: string): string[] =>
    [...bytes].map((key) => {
      press(game, key)
      return game.place.screen
    })
  expect(game.place.screen).toBe('debrief')
  press(game, 'l')
  expect(reader.rows.map(({ id }) => id)).toEqual(['etcd', 'seven-traps'])
  expect(places('\r\x1b\x1b')).toEqual(['lesson', 'lessons', 'debrief'])
  expect(places('l\r1\x1b\x1b\x1b')).toEqual(['lessons', 'lesson', 'loading', 'lesson', 'lessons', 'menu'])
})
