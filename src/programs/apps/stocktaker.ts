import { type ApiRequest, StatusError, TransportError } from '../../api/types.ts'
import type { Process, Program } from '../../host/index.ts'
import { type Coro, sleep } from '../../kernel/index.ts'
import { ApiTransport } from '../lib/api-transport.ts'
import { type ClientConfig, inClusterConfig } from '../lib/kubeconfig.ts'
import { stopOn } from './http.ts'

/** How often it sums up what it has done, ms. */
const REPORT_MS = 10_000
/** Pause of a worker whose request failed, ms. */
const RETRY_MS = 1000

interface Tally {
  lists: number
  refused: number
  failed: number
  /** Sum of what answers took, ms, and the objects of the last one. */
  took: number
  objects: number
}

const flag = (p: Process, name: string, fallback: string): string =>
  p.argv.map((arg) => new RegExp(`^--${name}=(.*)$`).exec(arg)?.[1]).find((value) => value !== undefined) ?? fallback

/** Lists everything, again and again: what an operator does that was written without informers. */
function* worker(p: Process, config: ClientConfig, tally: Tally): Coro<never> {
  const { kernel } = p.host
  const resource = flag(p, 'resource', 'configmaps')
  const pause = Number(flag(p, 'pause', '0')) * 1000
  const transport = new ApiTransport(p, config, 'stocktaker/1.4 (linux/amd64)')
  for (;;) {
    const started = kernel.now()
    const request: ApiRequest = { verb: 'list', group: '', version: 'v1', resource }
    let wait = pause
    try {
      const { code, body } = yield* transport.request(request)
      if (code === 200) {
        tally.lists++
        tally.took += kernel.now() - started
        tally.objects = body.items.length
      } else {
        if (code === 429) tally.refused++
        else tally.failed++
        wait = RETRY_MS
      }
    } catch (error) {
      if (!(error instanceof TransportError || error instanceof StatusError)) throw error
      tally.failed++
      wait = RETRY_MS
    }
    // Even without a pause a round takes a moment.
    yield* sleep(kernel, Math.max(5, wait))
  }
}

/**
 * An operator that counts a shop's stock by listing all objects of a kind with many workers: --resource, --workers,
 * --pause (seconds between two lists of a worker).
 */
export const stocktaker: Program = {
  name: 'stocktaker',
  *main(p) {
    yield* sleep(p.host.kernel, 80)
    p.rss = 40 << 20
    let config: ClientConfig
    try {
      config = inClusterConfig(p)
    } catch (error) {
      if (!(error instanceof TransportError)) throw error
      p.stderr.write(`stocktaker: ${error.message}\n`)
      return 1
    }
    stopOn(p, 'SIGTERM', 'SIGINT')
    const workers = Number(flag(p, 'workers', '1'))
    const say = (text: string): void => p.stdout.write(`${new Date(p.now()).toISOString().slice(11, 19)} ${text}\n`)
    say(`counting ${flag(p, 'resource', 'configmaps')} with ${workers} workers`)
    const tally: Tally = { lists: 0, refused: 0, failed: 0, took: 0, objects: 0 }
    for (let i = 0; i < workers; i++) p.spawn(`stocktaker worker ${i}`, worker(p, config, tally))
    for (;;) {
      yield* sleep(p.host.kernel, REPORT_MS)
      const average = tally.lists > 0 ? (tally.took / tally.lists / 1000).toFixed(2) : '-'
      say(
        `${tally.lists} lists of ${tally.objects} objects, ${average} s each; ${tally.refused} times 429 Too Many Requests, ${tally.failed} failed`,
      )
      Object.assign(tally, { lists: 0, refused: 0, failed: 0, took: 0 })
    }
  },
}
