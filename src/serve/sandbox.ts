import type { World } from '../cluster/index.ts'

/** What the scripted interface can ask of a scenario, when one is loaded. */
export interface Checker {
  check(): { objectives: { id: string; met: boolean }[]; solved: boolean }
}

const UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `40s`, `1h30m`, `250ms` → ms; undefined when malformed. */
function parseDuration(text: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/.test(text)) return undefined
  let ms = 0
  for (const [, n, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) ms += Number(n) * UNITS[unit]
  return ms
}

const DEFAULT_TIMEOUT_MS = 600_000
const seconds = (ms: number): number => Math.round(ms) / 1000
const clock = (world: World): string => new Date(world.now()).toISOString()

/**
 * One line of the scripted interface (sandbox.md): a JSON object in, a JSON object out. `error` in the answer says that
 * the line was bad; nothing has happened then.
 */
export function answer(world: World, checker: Checker | undefined, line: string): Record<string, unknown> {
  let input: any
  try {
    input = JSON.parse(line)
  } catch (error) {
    return { error: `not JSON: ${(error as Error).message}` }
  }
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return { error: 'expected a JSON object' }
  if (typeof input.run === 'string') return runLine(world, input)
  if (input.file !== undefined) return writeFile(world, input.file)
  if (input.advance !== undefined) {
    const ms = typeof input.advance === 'string' ? parseDuration(input.advance) : undefined
    if (ms === undefined)
      return { error: `advance: not a duration: ${JSON.stringify(input.advance)} (like "40s" or "1h30m")` }
    if (ms > 30 * 86_400_000) return { error: 'advance: at most 30d at a time' }
    world.advance(ms)
    return { advance: input.advance, clock: clock(world) }
  }
  if (input.check === true) {
    if (!checker) return { error: 'check: no scenario is loaded (use --scenario)' }
    return { ...checker.check() }
  }
  return { error: 'expected one of "run", "file", "advance", "check"' }
}

function runLine(world: World, input: any): Record<string, unknown> {
  const { run, host, stdin, timeout } = input
  if (host !== undefined && (typeof host !== 'string' || !world.hosts.has(host))) {
    return { error: `host: ${JSON.stringify(host)} is not one of ${[...world.hosts.keys()].join(', ')}` }
  }
  if (stdin !== undefined && typeof stdin !== 'string') return { error: 'stdin: expected text' }
  const limit =
    timeout === undefined
      ? DEFAULT_TIMEOUT_MS
      : typeof timeout === 'number'
        ? timeout * 1000
        : parseDuration(String(timeout))
  if (limit === undefined || !(limit > 0)) return { error: `timeout: not a duration: ${JSON.stringify(timeout)}` }
  const started = world.now()
  const { exit, stdout, stderr } = world.run(run, { host, stdin, timeoutMs: limit })
  return { run, exit, stdout, stderr, took: seconds(world.now() - started), clock: clock(world) }
}

function writeFile(world: World, file: any): Record<string, unknown> {
  if (typeof file?.path !== 'string' || !file.path.startsWith('/') || typeof file?.content !== 'string') {
    return { error: 'file: expected {"path": "/…", "content": "…"}' }
  }
  const error = world.write(file.path, file.content)
  return error === undefined ? { file: file.path, ok: true } : { error: `file: ${error}` }
}
