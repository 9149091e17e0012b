import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { clusterNames, createWorld } from '../cluster/index.ts'
import { Recording } from '../scenario/index.ts'
import { slug } from '../scenario/schema.ts'
import type { Invocation } from './invocation.ts'

/** A line of a script between what breaks the cluster and what repairs it. */
const REPAIR = /^#\s*repair\b/

/**
 * `notready record ID [SCRIPT]`: what is done in a sandbox becomes the draft of a scenario, ID.yaml. On a terminal F4
 * says that everything is broken as it should be; in a script a line `# repair` does.
 */
export async function record({ args, options, text, language }: Invocation): Promise<number> {
  const fail = (message: string, status = 2): number => {
    process.stderr.write(message)
    return status
  }
  const [id, script, ...more] = args
  if (id === undefined) return fail(text.recordWhat)
  if (more.length > 0) return fail(text.tooMany(more[0]))
  if (!slug.safeParse(id).success) return fail(text.badId(id))
  const file = `${id}.yaml`
  if (existsSync(file)) return fail(text.exists(file), 1)
  const cluster = String(options.cluster ?? 'default')
  if (!clusterNames().includes(cluster)) return fail(text.noCluster(cluster, clusterNames().join(', ')))
  let source: string | undefined
  if (script !== undefined) {
    try {
      source = readFileSync(script, 'utf8')
    } catch (error) {
      return fail(text.unreadable(script, (error as Error).message))
    }
  } else if (!process.stdin.isTTY || !process.stdout.isTTY) return fail(text.needsTerminal)
  const world = createWorld({ cluster, seed: options.seed === undefined ? undefined : Number(options.seed) })
  const recording = new Recording(world, cluster)
  if (source === undefined) {
    world.endure()
    const { recordIn } = await import('./play.ts')
    await recordIn(world, recording, language)
  } else
    for (const line of source.split('\n')) {
      if (REPAIR.test(line)) recording.broken()
      else if (line.trim() !== '') {
        recording.typed(line, world.home.name)
        world.run(line)
      }
    }
  try {
    writeFileSync(file, recording.draft(id), { flag: 'wx' })
  } catch (error) {
    return fail(text.unwritable(file, (error as Error).message.split(',')[0]), 1)
  }
  process.stdout.write(text.recorded(file))
  return 0
}
