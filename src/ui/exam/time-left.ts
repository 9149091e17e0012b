import { clockText } from '../clock.ts'
import type { ExamDesk } from './desk.ts'

/** What the bar says of time; '' while nobody sits an exam. */
export function timeLeft({ exam, seated, words, narrow }: ExamDesk): string {
  if (!exam || !seated) return ''
  const { warning } = exam
  const clock = clockText(exam.secondsLeft)
  if (warning === undefined) return words.timeLeft(clock)
  return `${words.warning(warning)}  ${narrow ? clock : words.timeLeft(clock)}`
}
