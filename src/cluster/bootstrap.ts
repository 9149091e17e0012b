import { LocalClient } from '../api/local-client.ts'
import { type KubeObject, StatusError, TransportError } from '../api/types.ts'
import { type Host, NULL_SINK, type Program, TextSource } from '../host/index.ts'
import { CONTROL_PLANE_LABELS, CONTROL_PLANE_TAINT, clusterObjects } from '../programs/kubeadm/index.ts'
import { ApiTransport } from '../programs/lib/api-transport.ts'
import { loadKubeconfig } from '../programs/lib/kubeconfig.ts'
import { type Installed, nodeOf } from './install.ts'
import { kindObjects } from './kind.ts'

/** kubeadm gives up after four minutes. */
const PATIENCE_MS = 240_000

/**
 * What `kubeadm init` does once the API server answers: uploads its configuration, makes roles and add-ons, marks the
 * control planes. Runs as a process on the first control plane and ends when everything is there.
 */
export function bootstrap(host: Host, installed: Installed): void {
  const program: Program = {
    name: 'kubeadm-init',
    *main(p) {
      const config = loadKubeconfig(p, '/etc/kubernetes/super-admin.conf')
      const client = new LocalClient(
        new ApiTransport(p, config, `kubeadm/${installed.settings.kubernetesVersion} (linux/amd64) kubernetes`).send,
      )
      const controlPlanes = installed.plan.hosts.filter((h) => h.role === 'control-plane')
      const objects = clusterObjects(
        installed.settings,
        nodeOf(controlPlanes[0], installed.plan),
        installed.pki.ca.cert.pem,
      )
      if (installed.plan.kindLike) objects.push(...kindObjects(installed.settings, host.name))
      const marked = new Set<string>()
      const until = host.kernel.now() + PATIENCE_MS
      while (objects.length > 0 || marked.size < controlPlanes.length) {
        try {
          while (objects.length > 0) {
            create(client, objects[0])
            objects.shift()
          }
          for (const h of controlPlanes)
            if (!marked.has(h.name) && mark(client, h.name, installed.plan.schedulableControlPlane)) marked.add(h.name)
        } catch (error) {
          if (!(error instanceof TransportError || error instanceof StatusError)) throw error
          if (host.kernel.now() > until) return 1
        }
        if (objects.length > 0 || marked.size < controlPlanes.length) yield { until: host.kernel.now() + 500 }
      }
      return 0
    },
  }
  host.start({
    program,
    argv: ['kubeadm', 'init'],
    stdin: new TextSource(),
    stdout: NULL_SINK,
    stderr: NULL_SINK,
    cwd: '/root',
  })
}

function create(client: LocalClient, object: KubeObject): void {
  try {
    client.create(object)
  } catch (error) {
    if (!(error instanceof StatusError) || error.reason !== 'AlreadyExists') throw error
  }
}

/** Labels and taints a control plane's Node; false while it has not registered. */
function mark(client: LocalClient, name: string, schedulable: boolean | undefined): boolean {
  const node = client.find('Node', undefined, name)
  if (!node) return false
  const taints = schedulable ? node.spec?.taints : [...(node.spec?.taints ?? []), CONTROL_PLANE_TAINT]
  // A cluster of one node must be allowed to balance load: kind takes the label away.
  const labels = schedulable ? { 'node-role.kubernetes.io/control-plane': '' } : CONTROL_PLANE_LABELS
  client.patch('Node', undefined, name, { metadata: { labels }, spec: { taints } }, 'application/merge-patch+json')
  return true
}
