import type { World } from '../../src/cluster/index.ts'
import { type Process, type Program, type Sink, TextSource } from '../../src/host/index.ts'
import type { KubeletApi } from '../../src/programs/kubelet/index.ts'

/** Replaces a program of all worlds by one that behaves otherwise, once. */
export function replaceProgram(world: World, name: string, other: (own: Program) => Program['main']): void {
  const programs = world.home.programs as Map<string, Program>
  const own = programs.get(name)!
  if ('replaced' in own) return
  programs.set(name, Object.assign({ name, main: other(own) }, { replaced: true }))
}

/** What nginx says when it starts, of which the stand-in behind the kubectl lab's kubelets printed two lines. */
const GREETING = /^\/docker-entrypoint\.sh: |^\d\d-[\w.-]+\.\w+: info: |\[notice\] /
const KEPT = /Configuration complete; ready for start up$|\[notice\] 1#1: start worker processes$/

/** A stream on which something else is written than was; `isTty` stays as it is unless it is given. */
export const rewriting = (sink: Sink, write: Sink['write'], isTty = sink.isTty): Sink => ({
  full: false,
  drained: sink.drained,
  isTty,
  close: () => sink.close(),
  write,
})

const filtered = (sink: Sink): Sink =>
  rewriting(sink, (text) => {
    const lines = text.split(/(?<=\n)/).filter((line) => !GREETING.test(line) || KEPT.test(line.trimEnd()))
    if (lines.length > 0) sink.write(lines.join(''))
  })

const labs = new WeakSet<object>()

/** Behind the containers was the recorder's machine: its own shell and tools in the place of busybox's. */
const MACHINE: Readonly<Record<string, string>> = { ash: 'sh', 'busybox-cat': 'cat' }

/** Lets the containers of this world speak as the lab's did; its nginx could be stopped from the first moment. */
export function labContainers(world: World): void {
  labs.add(world.kernel)
  for (const [applet, tool] of Object.entries(MACHINE))
    replaceProgram(world, applet, (own) => (p: Process) => {
      const machines = labs.has(p.host.kernel) && p.containerPid !== undefined
      return (machines ? world.home.programs.get(tool)! : own).main(p)
    })
  replaceProgram(
    world,
    'nginx-entrypoint',
    (own) =>
      function* (p: Process) {
        if (labs.has(p.host.kernel)) {
          p.stdout = filtered(p.stdout)
          p.stderr = filtered(p.stderr)
          p.onSignal('SIGQUIT', () => p.exit(0))
        }
        return yield* own.main(p)
      },
  )
}

/** The runtime behind the lab's kubelets joined no streams (whoever attached was done at once), and worded a failed exec as older ones do. */
export function deafRuntime(world: World): void {
  const nobody: Program = {
    name: 'nobody',
    *main() {
      return 0
    },
  }
  for (const host of world.hosts.values())
    for (const { service } of host.net.sockets) {
      const api = service.custom as KubeletApi | undefined
      if (api?.kind !== 'kubelet') continue
      const { attach, exec } = api
      api.exec = (...call) => {
        try {
          return exec(...call)
        } catch (error) {
          const { message } = error as Error
          throw message.includes('OCI runtime exec failed') ? new Error(`${message}: unknown`) : error
        }
      }
      api.attach = (namespace, pod, container, io) => {
        attach(namespace, pod, container, io).leave()
        return {
          process: host.start({
            program: nobody,
            argv: ['nobody'],
            stdin: new TextSource(),
            stdout: io.stdout,
            stderr: io.stderr,
          }),
          leave() {},
        }
      }
    }
}
