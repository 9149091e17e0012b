import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Worker, type WorkerOptions } from 'node:worker_threads'
import { type Answer, proveFile, type Question } from './prove-worker.ts'

const ENTRY = new URL('./prove-worker.mjs', import.meta.url)

/**
 * A booting world makes more garbage than V8 has room for by default: with twice the room most of it is gone before
 * anybody has to move it.
 */
const ROOMY: WorkerOptions = { resourceLimits: { maxYoungGenerationSizeMb: 96 } }

/**
 * Proves files side by side, as many as there are processors, and tells each answer in the order of the questions.
 * Worlds share nothing, so it makes no difference to them. From sources there is no bundle for a worker: one by one then.
 */
export async function proveFiles(questions: readonly Question[], tell: (answer: Answer) => void): Promise<void> {
  const size = Math.min(availableParallelism(), questions.length)
  if (size < 2 || !existsSync(fileURLToPath(ENTRY))) {
    for (const question of questions) tell(proveFile(question))
    return
  }
  const answers: (Answer | undefined)[] = questions.map(() => undefined)
  let next = 0
  let told = 0
  await Promise.all(
    Array.from({ length: size }, async () => {
      const worker = new Worker(ENTRY, ROOMY)
      try {
        while (next < questions.length) {
          const i = next++
          answers[i] = await ask(worker, questions[i]!)
          while (answers[told]) tell(answers[told++]!)
        }
      } finally {
        await worker.terminate()
      }
    }),
  )
}

/**
 * Proves one file apart from everything else, so that neither a proof without end nor what it leaves in memory matters.
 * Undefined when it was aborted; `signal` aborts it.
 */
export async function proveApart(
  file: string,
  seed: number | undefined,
  signal: AbortSignal,
): Promise<Answer | undefined> {
  if (!existsSync(fileURLToPath(ENTRY))) return proveFile({ file, seed })
  const worker = new Worker(ENTRY, ROOMY)
  const stop = (): void => void worker.terminate()
  signal.addEventListener('abort', stop)
  try {
    const exited = once(worker, 'exit').then(() => undefined)
    return await Promise.race([ask(worker, { file, seed }), exited])
  } finally {
    signal.removeEventListener('abort', stop)
    await worker.terminate()
  }
}

async function ask(worker: Worker, question: Question): Promise<Answer> {
  const answer = once(worker, 'message')
  worker.postMessage(question)
  return (await answer)[0]
}
