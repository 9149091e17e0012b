import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const hasTmux = spawnSync('tmux', ['-V']).status === 0
if (!hasTmux) console.warn('test/play skipped: tmux is not installed')

/** A real terminal: its own tmux server, so that nothing outside is touched. */
const socket = `notready-play-${process.pid}`
const tmux = (...args: string[]): string => execFileSync('tmux', ['-L', socket, ...args], { encoding: 'utf8' })
const keys = (...names: string[]): string => tmux('send-keys', '-t', 'play', ...names)
const line = (text: string): void => {
  tmux('send-keys', '-t', 'play', '-l', text)
  keys('Enter')
}
const screen = (): string => tmux('capture-pane', '-p', '-t', 'play')

/** Waits until the screen shows something; what it shows instead is the failure's message. */
async function see(what: RegExp, seconds = 60): Promise<string> {
  const end = Date.now() + seconds * 1000
  let seen = ''
  while (Date.now() < end) {
    seen = screen()
    if (what.test(seen)) return seen
    await new Promise((done) => setTimeout(done, 100))
  }
  throw new Error(`${what} did not appear:\n${seen}`)
}

let home: string

describe.skipIf(!hasTmux)('quiet-nodes in a real terminal', () => {
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'notready-'))
    // Tests run the sources; the player runs the bundle.
    execFileSync(process.execPath, ['src/build.mjs'], { cwd: root })
    // Ink alone would draw nothing while CI is set.
    const game = `env -u XDG_STATE_HOME -u XDG_CONFIG_HOME CI=true HOME='${home}' LANG=C.UTF-8 TERM=screen-256color`
    tmux(
      'new-session',
      '-d',
      '-s',
      'play',
      '-x',
      '80',
      '-y',
      '24',
      `${game} '${process.execPath}' '${root}/dist/notready.mjs' --lang en; echo "left with $?"; exec sleep 60`,
    )
  })
  afterAll(() => {
    spawnSync('tmux', ['-L', socket, 'kill-server'])
    rmSync(home, { recursive: true, force: true })
  })

  test('menu, briefing, a check too early, the repair, the check, the debrief', { timeout: 240_000 }, async () => {
    await see(/Repair broken Kubernetes clusters/)
    line('/quiet nodes')
    await see(/▸ +The quiet nodes/)
    keys('Enter')
    await see(/Briefing: The quiet nodes[\s\S]*Enter start/)
    keys('Enter')
    await see(/root@controlplane:~#/)
    line('kubectl get nodes')
    await see(/node03 +NotReady/)

    keys('F4')
    await see(/Check: not repaired yet[\s\S]*✗ Every node is Ready — not met/)
    keys('Escape')
    await see(/node03 +NotReady/)

    // Seed 3 is the fourth variant: node01 stopped, node03 misled, node02 bare. What is right on one does no harm on all.
    for (const node of ['node01', 'node02', 'node03']) {
      line(`ssh ${node}`)
      await see(new RegExp(`root@${node}:~#`))
      line("sed -i 's/^version = 3]/version = 3/' /etc/containerd/config.toml && systemctl restart containerd")
      line("sed -i 's#:6433#:6443#' /etc/kubernetes/kubelet.conf")
      line('systemctl enable kubelet && systemctl restart kubelet && clear && echo "$HOSTNAME" repaired')
      await see(new RegExp(`^${node} repaired`, 'm'))
      line('exit')
      await see(/root@controlplane:~#$/m)
    }
    line('clear; kubectl wait --for=condition=Ready nodes --all --timeout=120s && kubectl rollout status deploy/shop')
    keys('F5')
    await see(/deployment "shop" successfully rolled out/, 120)
    keys('F4')
    await see(/Repaired: The quiet nodes[\s\S]*What was it\?/)
    keys('Escape')
    const debrief = await see(/Diagnosis: none/)
    expect(debrief).toMatch(/★ \d+ points — \d+:\d\d, 0 hints, 1 check too early/)

    keys('Enter')
    expect(await see(/Repair broken Kubernetes clusters/)).toMatch(/✓ The quiet nodes .*★ +\d+/)
    keys('q')
    // The shell says how the game ended: tmux does not always learn a status.
    await see(/^left with 0$/m, 20)
  })
})
