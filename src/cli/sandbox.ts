import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { clusterNames, createWorld, type World } from '../cluster/index.ts'
import { answer, type Checker } from '../serve/sandbox.ts'
import type { Invocation } from './invocation.ts'
import { openScenario } from './open-scenario.ts'

/** `notready sandbox` (sandbox.md). */
export async function sandbox({ text, args, options, language }: Invocation): Promise<number> {
  const fail = (message: string): number => {
    process.stderr.write(message)
    return 2
  }
  const script = args[0]
  if ([options.c, script, options.jsonl].filter((x) => x !== undefined && x !== false).length > 1 || args.length > 1)
    return fail(text.twoSources)
  const cluster = options.cluster as string | undefined
  if (cluster !== undefined && !clusterNames().includes(cluster))
    return fail(text.noCluster(cluster, clusterNames().join(', ')))
  let source: string | undefined = options.c as string | undefined
  if (script !== undefined) {
    try {
      source = readFileSync(script, 'utf8')
    } catch (error) {
      return fail(text.unreadable(script, (error as Error).message))
    }
  }
  const seed = options.seed === undefined ? undefined : Number(options.seed)
  let world: World
  let checker: Checker | undefined
  if (options.scenario !== undefined) {
    const opened = openScenario(String(options.scenario), seed)
    if ('error' in opened) return fail(`notready: ${opened.error}\n`)
    if (!('game' in opened)) return fail(text.noScenario(String(options.scenario)))
    world = opened.game.world
    checker = opened.game
  } else {
    const single = cluster === 'single'
    world = createWorld({ cluster, seed, hostName: single ? (options.host as string | undefined) : undefined })
  }
  world.endure()
  const host = cluster === 'single' ? undefined : (options.host as string | undefined)
  if (host !== undefined && !world.hosts.has(host)) return fail(text.noHost(host, [...world.hosts.keys()].join(', ')))
  if (options.jsonl) return jsonl(world, checker)
  if (source === undefined && process.stdin.isTTY && process.stdout.isTTY) {
    const { shellIn } = await import('./play.ts')
    return shellIn(world, host, language)
  }
  source ??= readFileSync(0, 'utf8')
  const result = world.run(source, {
    host,
    stdin: options.c !== undefined && !process.stdin.isTTY ? readStdin() : undefined,
  })
  process.stdout.write(result.stdout)
  process.stderr.write(result.stderr)
  return result.exit
}

/** What is piped in, for `-c`; nothing when standard input cannot be read. */
function readStdin(): string {
  try {
    return readFileSync(0, 'utf8')
  } catch {
    return ''
  }
}

async function jsonl(world: World, checker: Checker | undefined): Promise<number> {
  let bad = false
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === '') continue
    const out = answer(world, checker, line)
    if ('error' in out) bad = true
    process.stdout.write(`${JSON.stringify(out)}\n`)
  }
  return bad ? 2 : 0
}
