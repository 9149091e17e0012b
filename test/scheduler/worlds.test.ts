import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { clusterPlan, World } from '../../src/cluster/index.ts'

interface TestPod {
  readonly labels: object
  readonly spec: any
  /** The nodes with the highest score, of which chance chose one. */
  readonly on?: readonly string[]
  /** Why no node would do. */
  readonly says?: string
  /** Pods that were to make room. */
  readonly victims?: readonly string[]
}
interface Worlds {
  readonly nodes: Readonly<Record<string, any>>
  readonly pods: readonly {
    readonly name: string
    readonly elsewhere?: true
    readonly labels: object
    readonly spec: any
  }[]
  readonly tests: readonly TestPod[]
}

/**
 * Random nodes, pods that are there, and pods that look for a place: what the real kube-scheduler 1.36.2 said of each, one
 * after the other, beside the real API server and controller manager (its scores from its log at -v=10).
 */
const worlds: readonly Worlds[] = JSON.parse(readFileSync(new URL('worlds.json', import.meta.url), 'utf8'))

const PRIORITIES = { lo: -5, mid: 100, hi: 1000, nev: 2000 }

/** A control plane whose own node has left. */
function emptyCluster(): (line: string) => string {
  const world = new World(clusterPlan('single')!, 1)
  world.advance(60_000)
  const run = (line: string): string => {
    const { stdout, stderr } = world.run(line)
    return stdout + stderr
  }
  run('kubectl delete deploy,ds --all -A; systemctl stop kubelet; kubectl delete node --all')
  run('kubectl delete pods -A --all --force --grace-period=0; sleep 5')
  return run
}

const create = (...items: readonly object[]): string =>
  `kubectl create -f - <<'EOF'\n${JSON.stringify({ apiVersion: 'v1', kind: 'List', items })}\nEOF`

const nodeOf = (name: string, { labels, taints, unschedulable }: any): object => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } },
  spec: { taints, unschedulable },
})

function statusOf({ cpu, memory, pods, images, extra }: any): string {
  const allocatable = { cpu, memory, pods, 'ephemeral-storage': '40Gi', ...extra }
  const ready = { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'ready' }
  return JSON.stringify({ status: { capacity: allocatable, allocatable, images, conditions: [ready] } })
}

test.each(worlds.map((world, i) => [i, world] as const))(
  'world %i: pods go where they went, or say why not',
  (_i, world) => {
    const run = emptyCluster()
    run('kubectl create ns here; kubectl create ns other; kubectl label ns other team=t')
    for (const [name, value] of Object.entries(PRIORITIES))
      run(`kubectl create priorityclass ${name} --value=${value} ${name === 'nev' ? '--preemption-policy=Never' : ''}`)
    run(create(...Object.entries(world.nodes).map(([name, node]) => nodeOf(name, node))))
    for (const [name, node] of Object.entries(world.nodes))
      run(`kubectl patch node ${name} --subresource=status --type=merge -p '${statusOf(node)}'`)
    run('sleep 2')
    const podOf = (namespace: string, name: string, labels: object, spec: any): object => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { namespace, name, labels },
      spec,
    })
    run(create(...world.pods.map((p) => podOf(p.elsewhere ? 'other' : 'here', p.name, p.labels, p.spec))))
    const told = world.tests.map(({ labels, spec, on }, i) => {
      run(create(podOf('here', `t${i}`, labels, spec)))
      const pod = JSON.parse(run(`sleep 1; kubectl -n here get pod t${i} -o json`))
      const node: string | undefined = pod.spec.nodeName
      run(`kubectl -n here delete pod t${i} --force --grace-period=0`)
      if (node !== undefined) return { on: on?.includes(node) ? on : [node] }
      const says = pod.status.conditions.find((c: any) => c.type === 'PodScheduled').message
      const victims = run(
        `kubectl get events -A --field-selector reason=Preempted -o jsonpath='{.items[*].involvedObject.name}'`,
      )
      return { says, ...(victims ? { victims: victims.split(' ').sort() } : {}) }
    })
    expect(told).toEqual(world.tests.map(({ on, says, victims }) => JSON.parse(JSON.stringify({ on, says, victims }))))
  },
)
