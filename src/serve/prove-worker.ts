import { readFileSync } from 'node:fs'
import { parentPort } from 'node:worker_threads'
import { type Proof, prove, proveLesson, proveTask } from '../scenario/index.ts'
import { workloads } from './scenarios.ts'

/** What a worker is asked, and what it answers. */
interface Question {
  readonly file: string
  readonly seed: number | undefined
}
/** What a proving worker sends back. */
export interface Answer {
  readonly proof: Proof
  /** Wall time, s. */
  readonly seconds: number
}

/** A task says what it trains; a mission does not. */
const isTask = (yaml: string): boolean => /^skill:/m.test(yaml)

/** Proves one file: a scenario, a task, or the exercises of a lesson. */
export function proveFile({ file, seed }: Question): Answer {
  const started = performance.now()
  const text = readFileSync(file, 'utf8')
  const proof = file.endsWith('.md')
    ? proveLesson(file, text, workloads)
    : (isTask(text) ? proveTask : prove)(file, text, workloads, seed)
  return { proof, seconds: (performance.now() - started) / 1000 }
}

parentPort?.on('message', (question: Question) => parentPort!.postMessage(proveFile(question)))
