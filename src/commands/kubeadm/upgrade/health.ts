import { StatusError, TransportError } from '../../../api/types.ts'
import type { Process } from '../../../host/index.ts'
import { type Coro, sleep } from '../../../kernel/index.ts'
import { companions, releaseOf } from '../../../programs/lib/releases.ts'
import type { Client } from '../client.ts'
import { exists } from '../files.ts'
import type { Check } from '../preflight.ts'
import type { Settings } from '../settings.ts'
import { CONTROL_PLANE, manifestPath } from './components.ts'
import { wouldCheckManifests } from './dry-run.ts'

const JOB = 'upgrade-health-check'
const NAMESPACE = 'kube-system'
const PATIENCE_MS = 15_000

const job = (name: string, image: string): any => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name, namespace: NAMESPACE },
  spec: {
    backoffLimit: 0,
    ttlSecondsAfterFinished: 2,
    template: {
      spec: {
        restartPolicy: 'Never',
        securityContext: { runAsUser: 999, runAsGroup: 999, runAsNonRoot: true },
        tolerations: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }],
        containers: [
          {
            name: JOB,
            image,
            args: ['-v'],
          },
        ],
      },
    },
  },
})

/** A Job is created and ends: controllers, a scheduler and a kubelet do their work. Returns what went wrong. */
function* createJob(p: Process, client: Client, settings: Settings, dry: boolean): Coro<string | undefined> {
  const { kernel } = p.host
  const nodes: any[] = yield* client.list('Node', undefined)
  if (nodes.length > 0 && nodes.every((node) => node.spec?.unschedulable)) return undefined
  const name = `${JOB}-${p.now()}`
  yield* client.create(job(name, `${settings.cluster.imageRepository}/pause:${companions(releaseOf(p)).pause}`))
  const until = kernel.now() + PATIENCE_MS
  for (;;) {
    const found: any = yield* client.find('Job', NAMESPACE, name)
    // In a dry run somebody stands in for it who leaves the condition's status empty.
    if (dry) return undefined
    if (found?.status?.conditions?.some((c: any) => c.type === 'Complete' && c.status === 'True')) return undefined
    if (kernel.now() >= until) break
    yield* sleep(kernel, 1000)
  }
  yield* client.remove('Job', NAMESPACE, name)
  return `Job ${JSON.stringify(name)} in the namespace "${NAMESPACE}" did not complete in 15s: no condition of type Complete`
}

const ready = (node: any): boolean =>
  node.status?.conditions?.some((c: any) => c.type === 'Ready' && c.status === 'True') ?? false

function* controlPlanesReady(client: Client): Coro<string | undefined> {
  const nodes: any[] = yield* client.list('Node', undefined, {
    labelSelector: 'node-role.kubernetes.io/control-plane=',
  })
  const late = nodes.filter((node) => !ready(node)).map((node) => node.metadata.name)
  return late.length > 0 ? `there are NotReady control-planes in the cluster: [${late.join(' ')}]` : undefined
}

function manifestsThere(p: Process): string | undefined {
  const missing = CONTROL_PLANE.map(manifestPath).filter((path) => !exists(p, path))
  if (missing.length === 0) return undefined
  return `The control plane seems to be Static Pod-hosted, but some of the manifests don't seem to exist on disk. This probably means you're running 'kubeadm upgrade' on a remote machine, which is not supported for a Static Pod-hosted cluster. Manifest files not found: [${missing.join(' ')}]`
}

/** upgrade.CheckClusterHealth. */
export function healthChecks(client: Client, settings: Settings, dry = false): Check[] {
  const check = (name: string, body: (p: Process) => Coro<string | undefined>): Check => ({
    name,
    *run(p) {
      try {
        const problem = yield* body(p)
        return problem === undefined ? {} : { errors: [problem] }
      } catch (error) {
        if (!(error instanceof StatusError || error instanceof TransportError)) throw error
        return { errors: [error.message] }
      }
    },
  })
  return [
    check('CreateJob', (p) => createJob(p, client, settings, dry)),
    check('ControlPlaneNodesReady', () => controlPlanesReady(client)),
    check('StaticPodManifest', function* (p) {
      return dry ? wouldCheckManifests(p) : manifestsThere(p)
    }),
  ]
}
