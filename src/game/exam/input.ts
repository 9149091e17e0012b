import { asInput, type Input } from '../input.ts'
import { count } from '../shape.ts'

/** One thing that a candidate did, with the exam's time (virtual ms since the epoch) at which it happened. */
export type ExamInput =
  | Exclude<Input, { readonly check: true }>
  /** Turned to the task of that number, from 0. */
  | { readonly at: number; readonly show: number }
  /** Marked it to come back to it, or took the mark away. */
  | { readonly at: number; readonly flag: number }
  /** Handed everything in. */
  | { readonly at: number; readonly end: true }

/** More tasks than any exam has. */
const MANY = count(1000)

const isTask = (n: unknown): boolean => {
  try {
    return MANY(n, '') >= 0
  } catch {
    return false
  }
}

/** One line of a log as an input; undefined when it is none. */
export function asExamInput(data: any): ExamInput | undefined {
  const input = asInput(data)
  if (input) return 'check' in input ? undefined : input
  if (typeof data !== 'object' || data === null || !Number.isFinite(data.at) || Object.keys(data).length !== 2)
    return undefined
  const { show, flag, end } = data
  return isTask(show) || isTask(flag) || end === true ? data : undefined
}
