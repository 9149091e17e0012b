import { spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createWorld, type World } from '../../../src/cluster/index.ts'
import { type Served, serveApi } from '../../../src/serve/api/index.ts'
import { normalise } from '../../recordings/normalise.ts'

/** One line of commands.txt. */
export interface Step {
  readonly line: number
  readonly cmd: string
  /** Virtual ms that pass before it. */
  readonly wait: number
  /** Why the outputs differ, where they must, with the release of kubectl with which they do. */
  readonly differs?: { readonly release: string; readonly why: string }
}

export interface Outcome {
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
}

/**
 * Reads the table: a command a line; `# …` a comment; `+30s` time that passes; `!1.32 …` why that kubectl says
 * something else at the next command.
 */
export function readTable(text: string): Step[] {
  const steps: Step[] = []
  let wait = 0
  let differs: Step['differs']
  text.split('\n').forEach((raw, i) => {
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) return
    const pause = /^\+(\d+)s$/.exec(line)
    if (pause) wait += Number(pause[1]) * 1000
    else if (line.startsWith('!'))
      differs = { release: line.slice(1, line.indexOf(' ')), why: line.slice(line.indexOf(' ') + 1) }
    else {
      steps.push({ line: i + 1, cmd: line, wait, differs })
      wait = 0
      differs = undefined
    }
  })
  return steps
}

/** The version of the kubectl on PATH; undefined when there is none. */
export function realKubectl(): string | undefined {
  const { stdout, status } = spawnSync('kubectl', ['version', '--client', '-o', 'json'], { encoding: 'utf8' })
  return status === 0 ? JSON.parse(stdout).clientVersion.gitVersion : undefined
}

/** What the replayer's normalisation leaves: a resourceVersion as `describe` prints it, temporary files of `diff`. */
const RANDOM: readonly [RegExp, string][] = [
  [/Resource Version: +\d+/g, 'Resource Version: <rv>'],
  [/(LIVE|MERGED)-\d+/g, '$1-<n>'],
  // The hash of a template that holds a time (`rollout restart`) is any number below 2^32, in ten letters for its ten
  // digits: a short one gets the usual length, so that the normalisation knows it.
  [/-[bcdf4-9]{5,9}(?=-[bcdfghjklmnpqrstvwxz2456789]{5}\b|\b)/g, '-4bbbbbbbbb'],
]

/** Both sides of a comparison. */
const shown = (outcome: Outcome, url: string): string => {
  const text = (part: string): string =>
    normalise(RANDOM.reduce((t, [a, b]) => t.replace(a, b), part.replaceAll(url, 'https://192.168.56.10:6443')))
  return `exit ${outcome.exit}\n${text(outcome.stdout)}--- stderr\n${text(outcome.stderr)}`
}

/** Real ms after which a command is taken to wait for the world. */
const PATIENCE = 2500

/** Where the commands run inside. */
const HOME = '/root/compare'

/** Two equal worlds: one serves the real kubectl, the other runs ours. */
export class Comparison {
  private constructor(
    private readonly outer: World,
    private readonly inner: World,
    private readonly served: Served,
    private readonly dir: string,
  ) {}

  static async start(files: string): Promise<Comparison> {
    // Real clients count ages by the real clock, and the worlds' time runs faster: they begin in the past.
    const epoch = Math.floor(Date.now() / 1000) * 1000 - 3_600_000
    const [outer, inner] = [createWorld({ epoch }), createWorld({ epoch })]
    const dir = mkdtempSync(join(tmpdir(), 'notready-kubectl-'))
    cpSync(files, dir, { recursive: true })
    for (const name of readdirSync(files)) inner.write(`${HOME}/${name}`, readFileSync(join(files, name), 'utf8'))
    inner.home.fs.mkdir(HOME, { parents: true })
    inner.run(`cd ${HOME}`)
    mkdirSync(join(dir, '.home'))
    const served = await serveApi(outer, {
      onDemand: true,
      write: (kubeconfig) => writeFileSync(join(dir, '.kubeconfig'), kubeconfig, { mode: 0o600 }),
    })
    return new Comparison(outer, inner, served, dir)
  }

  /** Runs a command on both sides. */
  async run({ cmd, wait }: Step): Promise<{ real: string; ours: string; raw: boolean }> {
    this.meet(wait)
    const ours = this.inner.run(cmd, { timeoutMs: 120_000 })
    const real = await this.real(cmd)
    const { url } = this.served
    const mine: Outcome = { exit: ours.exit, stdout: ours.stdout, stderr: ours.stderr }
    return {
      real: shown(real, url),
      ours: shown(mine, url),
      raw: real.exit === mine.exit && real.stdout === mine.stdout && real.stderr === mine.stderr,
    }
  }

  async stop(): Promise<void> {
    await this.served.stop()
    rmSync(this.dir, { recursive: true, force: true })
  }

  /** Both worlds go on at the same full second, so that what is made now has the same age. */
  private meet(wait: number): void {
    const at = Math.ceil((Math.max(this.outer.now(), this.inner.now()) + 1) / 1000) * 1000 + wait
    this.outer.kernel.runUntil(at)
    this.inner.kernel.runUntil(at)
  }

  private real(cmd: string): Promise<Outcome> {
    const { dir } = this
    const env = {
      PATH: process.env.PATH,
      HOME: join(dir, '.home'),
      KUBECONFIG: join(dir, '.kubeconfig'),
      LANG: 'C.UTF-8',
    }
    return new Promise((done) => {
      const child = spawn('timeout', ['60', 'bash', '-c', cmd], { cwd: dir, env, stdio: ['ignore', 'pipe', 'pipe'] })
      let stdout = ''
      let stderr = ''
      // Commands that wait by asking again and again want time to pass, too.
      const started = performance.now()
      const timer = setInterval(() => performance.now() - started > PATIENCE && this.outer.advance(1000), 100)
      child.stdout.on('data', (d) => (stdout += d))
      child.stderr.on('data', (d) => (stderr += d))
      child.on('close', (code) => {
        clearInterval(timer)
        done({ exit: code ?? -1, stdout, stderr })
      })
    })
  }
}
