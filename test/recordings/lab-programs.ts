import type { World } from '../../src/cluster/index.ts'
import type { Process, Program, Sink } from '../../src/host/index.ts'

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

const filtered = (sink: Sink): Sink => ({
  ...sink,
  full: false,
  drained: sink.drained,
  isTty: sink.isTty,
  close: () => sink.close(),
  write(text) {
    const lines = text.split(/(?<=\n)/).filter((line) => !GREETING.test(line) || KEPT.test(line.trimEnd()))
    if (lines.length > 0) sink.write(lines.join(''))
  },
})

const quiet = new WeakSet<object>()

/** Lets the containers of this world speak as the lab's did. */
export function labContainers(world: World): void {
  quiet.add(world.kernel)
  replaceProgram(
    world,
    'nginx-entrypoint',
    (own) =>
      function* (p: Process) {
        if (quiet.has(p.host.kernel)) {
          p.stdout = filtered(p.stdout)
          p.stderr = filtered(p.stderr)
        }
        return yield* own.main(p)
      },
  )
}
