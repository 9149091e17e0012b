import { readFileSync } from 'node:fs'
import { parentPort } from 'node:worker_threads'
import { ContentError, loadScenario, loadTask, type Proof, prove, proveLesson, proveTask } from '../scenario/index.ts'
import { workloads } from './scenarios.ts'

/** What a worker is asked: a file, and the seed that chooses its variant (its own when there is none). */
export interface Question {
  readonly file: string
  readonly seed: number | undefined
}
/** What a proving worker sends back. */
export interface Answer {
  readonly proof: Proof
  /** That was asked for. */
  readonly seed: number | undefined
  /** Wall time, s. */
  readonly seconds: number
}

/** A task says what it trains; a mission does not. */
const isTask = (yaml: string): boolean => /^skill:/m.test(yaml)

/** A question for each variant of a file, its own first. What has mistakes or no variants is asked for once. */
export function eachVariant(file: string): Question[] {
  if (file.endsWith('.md')) return [{ file, seed: undefined }]
  const text = readFileSync(file, 'utf8')
  try {
    const { seed, variants = [{}] } = (isTask(text) ? loadTask : loadScenario)(file, text)
    return variants.map((_, i) => ({ file, seed: seed + i }))
  } catch (error) {
    if (error instanceof ContentError) return [{ file, seed: undefined }]
    throw error
  }
}

/** Proves one file: a scenario, a task, or the exercises of a lesson. */
export function proveFile({ file, seed }: Question): Answer {
  const started = performance.now()
  const text = readFileSync(file, 'utf8')
  const proof = file.endsWith('.md')
    ? proveLesson(file, text, workloads)
    : (isTask(text) ? proveTask : prove)(file, text, workloads, seed)
  return { proof, seed, seconds: (performance.now() - started) / 1000 }
}

parentPort?.on('message', (question: Question) => parentPort!.postMessage(proveFile(question)))
