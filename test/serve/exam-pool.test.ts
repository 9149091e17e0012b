import { expect, test } from 'vitest'
import { draw } from '../../src/game/exam/draw.ts'
import { inLanguage } from '../../src/scenario/language.ts'
import { examPool, openDrawn } from '../../src/serve/exam-pool.ts'

test('the package has enough for exams that fill their time, and each task can be opened', async () => {
  const { candidates, titles, broken } = await examPool()
  expect(broken).toEqual([])
  for (const seed of [0, 1, 2, 3, 4]) {
    const tasks = draw(candidates, seed)
    expect(tasks.length).toBeGreaterThanOrEqual(15)
    const minutes = tasks.reduce((sum, t) => sum + t.minutes, 0)
    expect(minutes).toBeGreaterThanOrEqual(95)
    expect(minutes).toBeLessThanOrEqual(125)
    if (seed > 0) continue
    for (const task of tasks)
      expect(inLanguage(openDrawn(task).title, 'en')).toBe(inLanguage(titles.get(task.id)!, 'en'))
  }
})
