import { draw } from '../../src/game/exam/draw.ts'
import { Exam } from '../../src/game/exam/exam.ts'
import { examPool, openDrawn } from '../../src/serve/exam-pool.ts'
import { workloads } from '../../src/serve/scenarios.ts'
import { type Measurement, timed } from './measure.ts'

const sat = async (seed: number): Promise<() => Exam> => {
  const { candidates } = await examPool()
  const open = { seed, practice: false, minutes: 120, open: openDrawn, workloads }
  return () => new Exam({ ...open, tasks: draw(candidates, seed) })
}

/** What a candidate waits for, and what an exam costs while its candidate thinks. */
export const exams: readonly Measurement[] = [
  {
    name: 'exam: draw and first prompt',
    run: async () => {
      const begin = await sat(5)
      const prompt = (): void => {
        const exam = begin()
        exam.clock.runUntil(exam.startedAt + 100)
        if (exam.session.busy) throw new Error('there is no prompt')
      }
      return [{ ms: timed(prompt, 5) }]
    },
  },
  {
    name: 'exam: all clusters, one virtual minute',
    run: async () => {
      const exam = (await sat(5))()
      for (const n of exam.tasks.keys()) exam.apply({ at: exam.clock.now(), show: n })
      const [setUp] = timed(() => {
        while (!exam.prepare());
      }, 1)
      const ms = timed(() => exam.clock.runUntil(exam.clock.now() + 60_000), 3)
      return [{ ms, note: `${exam.tasks.length} clusters, set up in ${setUp.toFixed(0)}` }]
    },
  },
]
