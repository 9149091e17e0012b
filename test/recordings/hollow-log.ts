import type { World } from '../../src/cluster/index.ts'
import type { Process } from '../../src/host/index.ts'
import { containerdOf } from '../../src/programs/containerd/index.ts'
import { klogHead } from '../../src/programs/lib/klog.ts'
import { replaceProgram, rewriting } from './lab-programs.ts'

/** What the fakes inside the lab's kubelet said (topology manager, cgroups): such a line instead of or beside the real ones. */
const ADMIT = 'fake_topology_manager.go:117] "Topology Admit Handler"'
const NO_STATISTICS =
  'eviction_manager.go:297] "Eviction manager: failed to get summary stats" err="failed to get root cgroup stats: failed to get cgroup stats for \\"/\\": unexpected number of containers: 0"'
const STATISTICS = { first: 1200, period: 10_000 }

/** Worlds with such a kubelet: its host, and the file of its log. */
const labs = new WeakMap<object, { readonly host: string; readonly file: string }>()

/**
 * The kubelet of a host as the lab's was: parts of it were fakes that log as they are used, and its log is a file. It takes
 * this shape with its next start.
 */
export function hollowLog(world: World, host: string, file: string): void {
  labs.set(world.kernel, { host, file })
  replaceProgram(world, 'kubelet', (own) => (p: Process) => {
    const lab = labs.get(p.host.kernel)
    if (lab?.host !== p.host.name) return own.main(p)
    const { containers } = containerdOf(p.host)
    const put = (line: string): void => {
      p.fs.writeFile(lab.file, `${line}\n`, { append: true })
    }
    const say = (level: 'I' | 'E', text: string): void => put(`${klogHead(p, level, '').slice(0, -2)}${text}`)
    const hear = (line: string): void => {
      const started = /"ContainerStarted","Data":"(\w+)"/.exec(line)
      const made = started && containers.get(started[1])
      const pod = /pod="[^"]+"/.exec(line)?.[0]
      if (made) {
        const { id, config } = made
        say(
          'I',
          `fake_topology_manager.go:100] "AddContainer" ${pod} containerName="${config.name}" containerID="${id}"`,
        )
      }
      put(line.replace('scope.go:122] "RemoveContainer"', 'fake_topology_manager.go:108] "RemoveContainer"'))
      if (line.includes('"SyncLoop ADD" source="file"')) say('I', ADMIT)
    }
    p.stderr = rewriting(p.stderr, (text) => text.split('\n').slice(0, -1).forEach(hear), false)
    p.after(STATISTICS.first, () => {
      say('E', NO_STATISTICS)
      p.every(STATISTICS.period, () => say('E', NO_STATISTICS))
    })
    return own.main(p)
  })
}
