import { spawn, spawnSync } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { PassThrough } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { render } from 'ink'
import { App } from '../../src/ui/app.tsx'
import { ControllerContext } from '../../src/ui/context.ts'
import { Controller } from '../../src/ui/controller.ts'
import { handleKey } from '../../src/ui/keys.ts'
import { type Measurement, quantile, timed } from './measure.ts'

/** Nothing is read from or written to the real player's state. */
export const home = mkdtempSync(join(tmpdir(), 'notready-bench-'))
process.env.XDG_STATE_HOME = process.env.XDG_CONFIG_HOME = home
// Ink draws nothing while CI is set.
delete process.env.CI

const game = join(dirname(fileURLToPath(import.meta.url)), 'notready.mjs')
const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

/** From the start of the process to the menu on a pseudo terminal, which script(1) provides. */
async function firstFrame(): Promise<number> {
  const start = performance.now()
  const child = spawn('script', ['-qfc', `stty cols 80 rows 24; exec '${process.execPath}' '${game}'`, '/dev/null'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  let seen = ''
  for await (const chunk of child.stdout) {
    seen += chunk
    if (seen.includes('NotReady —')) break
  }
  const ms = performance.now() - start
  child.stdin.end('q')
  child.kill()
  return ms
}

/** A terminal of 80x24 that tells when something is drawn. */
class FakeTerminal extends EventEmitter {
  readonly columns = 80
  readonly rows = 24
  readonly isTTY = true
  write(text: string): boolean {
    this.emit('frame', text)
    return true
  }
}

async function keyToFrame(): Promise<number[]> {
  const screen = new FakeTerminal()
  const controller = new Controller('en')
  controller.resize(80, 23)
  const inert = Object.assign(new PassThrough(), { isTTY: true, setRawMode() {}, ref() {}, unref() {} })
  const app = render(
    <ControllerContext.Provider value={controller}>
      <App />
    </ControllerContext.Provider>,
    { stdout: screen, stdin: inert, exitOnCtrlC: false, patchConsole: false, maxFps: 60 } as never,
  )
  controller.begin('sandbox')
  while (controller.place.screen !== 'playing') await pause(50)
  for (const c of 'kubectl get pods -A -o wide; ls -l /etc') handleKey(controller, { name: 'char', text: c })
  handleKey(controller, { name: 'enter' })
  await pause(2000)
  const ms: number[] = []
  for (let i = 0; i < 100; i++) {
    await pause(60)
    const start = performance.now()
    const drawn = once(screen, 'frame')
    handleKey(controller, i % 20 < 19 ? { name: 'char', text: 'x' } : { name: 'u', ctrl: true })
    await drawn
    ms.push(performance.now() - start)
  }
  controller.leave()
  app.unmount()
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
      if (!existsSync(game)) return [{ ms: [], note: 'dist/ is not built' }]
      if (spawnSync('script', ['--version']).status !== 0) return [{ ms: [], note: 'script(1) is not installed' }]
      const ms: number[] = []
      for (let i = 0; i < 6; i++) ms.push(await firstFrame())
      return [{ ms: ms.slice(1) }]
    },
  },
  {
    name: 'key to frame, 80x24',
    run: async () => {
      const ms = await keyToFrame()
      return [{ ms, note: `p95 ${quantile(ms, 0.95).toFixed(1)}` }]
    },
  },
]
