import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { clusterNames, createWorld, type World } from '../cluster/index.ts'
import { serveApi } from '../serve/api/index.ts'
import { stateDir, writeAtomically } from '../serve/storage.ts'
import type { Invocation } from './invocation.ts'
import { openScenario } from './open-scenario.ts'

/** `notready serve`: a world's API for the tools of this machine, until Ctrl-C. */
export async function serve({ text, args, options }: Invocation): Promise<number> {
  const fail = (message: string): number => {
    process.stderr.write(message)
    return 2
  }
  if (args.length > 0) return fail(text.unknownOption(`unexpected argument "${args[0]}"`))
  const cluster = options.cluster as string | undefined
  if (cluster !== undefined && !clusterNames().includes(cluster))
    return fail(text.noCluster(cluster, clusterNames().join(', ')))
  const port = Number(options.port ?? 0)
  if (!/^\d{1,5}$/.test(String(options.port ?? 0)) || port > 65_535) return fail(text.badPort(String(options.port)))
  const seed = options.seed === undefined ? undefined : Number(options.seed)
  // The tools outside look at certificates by the real clock, so the world's begins with it.
  const epoch = Math.floor(Date.now() / 1000) * 1000
  let world: World
  if (options.scenario === undefined) world = createWorld({ cluster, seed, epoch })
  else {
    const opened = openScenario(String(options.scenario), seed, epoch)
    if ('error' in opened) return fail(`notready: ${opened.error}\n`)
    if (!('game' in opened)) return fail(text.noScenario(String(options.scenario)))
    world = opened.game.world
  }
  world.endure()
  const name = 'kubeconfig'
  const file = join(stateDir(), name)
  const write = (content: string): void => {
    writeAtomically(stateDir(), name, content, (message) => process.stderr.write(`notready: ${message}\n`))
    chmodSync(file, 0o600)
  }
  try {
    const served = await serveApi(world, { port, write })
    process.stdout.write(text.serving(served.url, file))
    await new Promise<void>((done) => process.once('SIGINT', done).once('SIGTERM', done))
    await served.stop()
    return 0
  } catch (error) {
    process.stderr.write(text.cannotServe((error as Error).message))
    return 1
  }
}
