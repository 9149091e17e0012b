import { byDomain, earnedBy, hasPassed, scoreOf, worthOf } from '../game/exam/result.ts'
import { HISTORY } from '../serve/exam-storage.ts'
import { load, PROGRESS, type Trouble } from '../serve/storage.ts'
import { inColumns } from './columns.ts'
import type { Invocation } from './invocation.ts'

/** One mission or exam, as it is told to somebody else. */
interface Result {
  readonly kind: 'mission' | 'exam' | 'practice'
  /** Of the mission. */
  readonly id?: string
  readonly seed: number
  /** When the mission was repaired, when the exam was begun: ISO 8601. */
  readonly at: string
  readonly seconds: number
  /** That an exam might last. */
  readonly minutes?: number
  /** Of 100: points of a mission, per cent of an exam. */
  readonly points: number
  /** Of an exam. */
  readonly passed?: boolean
  /** Per cent of the exam that its tasks of each domain earned, and were worth. */
  readonly domains?: Readonly<Record<string, { readonly earned: number; readonly worth: number }>>
  readonly hints?: number
  /** Checks too early. */
  readonly checks?: number
  /** The root cause was named rightly. */
  readonly diagnosed?: boolean
}

/** Columns of a table. */
const FIELDS = [
  'at',
  'kind',
  'id',
  'seed',
  'points',
  'seconds',
  'minutes',
  'passed',
  'hints',
  'checks',
  'diagnosed',
] as const

/** What was played, the oldest first. */
function resultsOf(trouble: Trouble): Result[] {
  const missions = load(PROGRESS, trouble).runs.map(
    ({ mission, ...run }): Result => ({ kind: 'mission', id: mission, ...run }),
  )
  const exams = load(HISTORY, trouble).exams.map((exam): Result => {
    const { practice, begun, seed, seconds, minutes } = exam
    return {
      kind: practice ? 'practice' : 'exam',
      seed,
      at: begun,
      seconds,
      minutes,
      points: scoreOf(exam),
      passed: hasPassed(exam),
      domains: Object.fromEntries(
        byDomain(exam).map(([domain, of]) => [
          domain,
          { earned: Math.round(earnedBy(of) * 10) / 10, worth: worthOf(of) },
        ]),
      ),
    }
  })
  return [...missions, ...exams].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
}

/** `notready results [--csv|--json]`: missions that were repaired and exams that were marked, for a teacher or a table. */
export async function results({ args, options, text }: Invocation): Promise<number> {
  if (args.length > 0 || (options.csv && options.json)) {
    process.stderr.write(args.length > 0 ? text.tooMany(args[0]) : text.twoForms)
    return 2
  }
  const all = resultsOf(({ path, why }) => process.stderr.write(`notready: ${path}: ${why}\n`))
  const rows = [FIELDS, ...all.map((result) => FIELDS.map((field) => String(result[field] ?? '')))]
  if (options.json) process.stdout.write(`${JSON.stringify(all, null, 2)}\n`)
  else if (options.csv) process.stdout.write(rows.map((row) => `${row.join(',')}\n`).join(''))
  else process.stdout.write(all.length === 0 ? text.noResults : inColumns(rows))
  return 0
}
