import { createWorld, customPlan } from '../../src/cluster/index.ts'
import { Stage } from '../../src/scenario/index.ts'
import { proveFiles } from '../../src/serve/prove-pool.ts'
import { scenarioFiles, workloads } from '../../src/serve/scenarios.ts'
import { type Measurement, timed } from './measure.ts'

const PODS = 1000
const NODES = 20

/** Without a screen: worlds, missions, masses, proofs. */
export const simulation: readonly Measurement[] = [
  ...['default', 'ha'].map((cluster) => ({
    name: `world boot, ${cluster}`,
    run: async () => [{ ms: timed(() => createWorld({ cluster }), 5) }],
  })),
  {
    name: 'command: kubectl get pods -A',
    run: async () => {
      const world = createWorld()
      return [{ ms: timed(() => world.run('kubectl get pods -A'), 30) }]
    },
  },
  {
    name: 'ha without an etcd quorum, one virtual hour',
    run: async () => {
      const world = createWorld({ cluster: 'ha' })
      for (const name of ['cp2', 'cp3']) world.run('mv /etc/kubernetes/manifests/etcd.yaml /root/', { host: name })
      world.advance(60_000)
      return [{ ms: timed(() => world.advance(3_600_000), 1) }]
    },
  },
  {
    name: 'mission load and verdict',
    run: async () => {
      const load: number[] = []
      const verdict: number[] = []
      for (const { scenario } of scenarioFiles()) {
        if (!scenario) continue
        let stage: Stage | undefined
        load.push(
          ...timed(() => {
            stage = new Stage(scenario, workloads)
          }, 1),
        )
        verdict.push(...timed(() => stage!.check(), 3))
      }
      const slowest = `slowest ${Math.max(...load).toFixed(0)}`
      return [
        { name: 'mission load', ms: load, note: slowest },
        { name: 'verdict', ms: verdict, note: `slowest ${Math.max(...verdict).toFixed(0)}` },
      ]
    },
  },
  {
    name: `${PODS} pods on ${NODES} nodes`,
    run: async () => {
      const world = createWorld({ cluster: customPlan(1, NODES) })
      const before = world.now()
      const ready = (): string =>
        world.run("kubectl get deployment mass -o jsonpath='{.status.readyReplicas}'").stdout.trim()
      const ms = timed(() => {
        world.run(`kubectl create deployment mass --image=nginx:1.27 --replicas=${PODS}`)
        while (ready() !== String(PODS)) {
          if (world.now() - before > 1_800_000) throw new Error(`only ${ready()} of ${PODS} pods run`)
          world.advance(5000)
        }
      }, 1)
      return [{ ms, note: `${Math.round((world.now() - before) / 1000)} virtual s to Running` }]
    },
  },
  {
    name: 'proofs of all scenarios',
    run: async () => {
      let proven = 0
      const files = scenarioFiles().map(({ file }) => ({ file, seed: undefined }))
      const started = performance.now()
      await proveFiles(files, ({ proof }) => {
        if (proof.ok) proven++
      })
      const ms = [performance.now() - started]
      return [{ ms, note: `${proven} of ${files.length} proven` }]
    },
  },
]
