import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { Controller } from '../../src/ui/controller.ts'
import { handleKey } from '../../src/ui/keys.ts'
import { openView } from '../../src/ui/view.tsx'
import { type Measurement, quantile, timed } from './measure.ts'

/** Nothing is read from or written to the real player's state. */
export const home = mkdtempSync(join(tmpdir(), 'notready-bench-'))
process.env.XDG_STATE_HOME = process.env.XDG_CONFIG_HOME = home
// Ink draws nothing while CI is set.
delete process.env.CI

const game = join(dirname(fileURLToPath(import.meta.url)), 'notready.mjs')
const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

/** The game on a pseudo terminal of 80x24, which script(1) provides. */
const inTerminal = (args: string, node = ''): ChildProcessByStdio<Writable, Readable, null> =>
  spawn('script', ['-qfc', `stty cols 80 rows 24; exec '${process.execPath}' ${node} '${game}' ${args}`, '/dev/null'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })

/** Why nothing can be measured on a pseudo terminal. */
const missing = (): string | undefined =>
  !existsSync(game)
    ? 'dist/ is not built'
    : spawnSync('script', ['--version']).status !== 0
      ? 'script(1) is not installed'
      : undefined

const cpuFile = join(home, 'cpu')
/** Preloaded into the game: at its end it leaves its user and system time behind, in ms. */
const spy = `data:text/javascript,${encodeURIComponent(
  `import{writeFileSync as w}from"node:fs";process.on("exit",()=>{const c=process.cpuUsage();w(${JSON.stringify(cpuFile)},String((c.user+c.system)/1000))})`,
)}`

/** From the start of the process to the menu on a pseudo terminal; then it is quit, and its CPU time is counted. */
async function firstFrame(): Promise<{ wall: number; cpu: number }> {
  const start = performance.now()
  const child = inTerminal('', `--import '${spy}'`)
  let seen = ''
  child.stdout.on('data', (chunk) => {
    seen += chunk
  })
  while (!seen.includes('NotReady —')) await once(child.stdout, 'data')
  const ms = performance.now() - start
  const end = once(child, 'exit')
  child.stdin.end('q')
  await end
  return { wall: ms, cpu: Number(readFileSync(cpuFile, 'utf8')) }
}

const COMMAND = 'kubectl get pods -A -o wide; ls -l /etc'

/** From the key to the row that is written, in this process; a busy event loop counts. */
async function keyToFrame(): Promise<number[]> {
  const controller = new Controller('en')
  controller.resize(80, 24)
  const view = openView(controller, () => {})
  controller.begin('sandbox')
  while (controller.place.screen !== 'playing') await pause(50)
  for (const c of COMMAND) handleKey(controller, { name: 'char', text: c })
  handleKey(controller, { name: 'enter' })
  await pause(2000)
  const ms: number[] = []
  let typed = ''
  for (let i = 0; i < 100; i++) {
    const due = performance.now() + 60
    await pause(60)
    const clear = i % 20 === 19
    typed = clear ? '' : `${typed}x`
    handleKey(controller, clear ? { name: 'u', ctrl: true } : { name: 'char', text: 'x' })
    while (!view.screen.rows().some((row) => row.includes(`# ${typed}\u001b[7m`))) await pause(0)
    ms.push(performance.now() - due)
  }
  controller.leave()
  view.close()
  return ms
}

/** The same from outside: a key into a pseudo terminal, until the game has sent the line with it. */
async function keyToEcho(): Promise<number[]> {
  const child = inTerminal('--lang en')
  let seen = ''
  child.stdout.on('data', (chunk) => {
    seen += chunk
  })
  const wait = async (what: string): Promise<void> => {
    while (!seen.includes(what)) await once(child.stdout, 'data')
  }
  await wait('NotReady —')
  child.stdin.write('x')
  await wait('root@controlplane:~# ')
  child.stdin.write(`${COMMAND}\r`)
  await pause(2000)
  const ms: number[] = []
  for (let i = 0; i < 100; i++) {
    await pause(60)
    if (i % 20 === 0) {
      child.stdin.write('\u0015')
      await pause(60)
    }
    seen = ''
    const start = performance.now()
    child.stdin.write('x')
    await wait(`# ${'x'.repeat((i % 20) + 1)}\u001b[7m`)
    ms.push(performance.now() - start)
  }
  child.kill()
  return ms
}

/** What a player sees and waits for. */
export const terminal: readonly Measurement[] = [
  {
    name: 'bare node start',
    run: async () => [{ ms: timed(() => spawnSync(process.execPath, ['-e', '0']), 7) }],
  },
  {
    name: 'first frame',
    run: async () => {
      if (missing()) return [{ ms: [], note: missing() }]
      const runs: Awaited<ReturnType<typeof firstFrame>>[] = []
      for (let i = 0; i < 6; i++) runs.push(await firstFrame())
      return [
        { name: 'first frame, wall', ms: runs.slice(1).map((r) => r.wall) },
        { name: 'first frame and quit, CPU', ms: runs.slice(1).map((r) => r.cpu) },
      ]
    },
  },
  ...[
    { name: 'key to frame, 80x24', look: keyToFrame },
    { name: 'key to echo through a pseudo terminal', look: keyToEcho },
  ].map(({ name, look }) => ({
    name,
    run: async () => {
      if (look === keyToEcho && missing()) return [{ ms: [], note: missing() }]
      const ms = await look()
      return [{ ms, note: `p95 ${quantile(ms, 0.95).toFixed(1)}` }]
    },
  })),
]
