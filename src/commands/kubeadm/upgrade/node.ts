import { StatusError } from '../../../api/types.ts'
import type { Process } from '../../../host/index.ts'
import { type Coro, sleep } from '../../../kernel/index.ts'
import { Klog } from '../../../programs/lib/klog.ts'
import { command, type Flags, noArgs } from '../../lib/cobra.ts'
import { type Client, clientFromFile } from '../client.ts'
import { DryRunClient, dryRunDir } from '../dry-run.ts'
import { NotSimulated, phase } from '../errors.ts'
import { exists } from '../files.ts'
import { pullImages } from '../images.ts'
import { adminClient, CHANGING, checkConfig, fetchOrFail, preflight } from './common.ts'
import { manifestPath } from './components.ts'
import { upgradeAddons, upgradeKubeletConfig } from './post.ts'
import { upgradeStaticPods } from './static-pods.ts'

const KUBELET_CONF = '/etc/kubernetes/kubelet.conf'

/** How often kubeadm asks for a component's configuration that is not there, and how long it waits between, ms. */
const TRIES = 7
const BETWEEN_MS = 55

/** A worker's view of kube-proxy's configuration: it has no address to advertise, of which the advice would be made. */
function* readProxyConfig(p: Process, client: Client): Coro<void> {
  const log = new Klog(p)
  let problem = ''
  for (let i = 0; i < TRIES; i++) {
    try {
      yield* client.get('ConfigMap', 'kube-system', 'kube-proxy')
      return log.warning(
        'utils.go:69',
        'The recommended value for "bindAddress" in "KubeProxyConfiguration" is: ::; the provided value is: 0.0.0.0',
      )
    } catch (error) {
      // Whose node has no kube-proxy may not even ask for it.
      if (!(error instanceof StatusError) || (error.code !== 404 && error.code !== 403)) throw error
      problem = error.message
    }
    yield* sleep(p.host.kernel, BETWEEN_MS)
  }
  log.warning(
    'configset.go:77',
    `Warning: No kubeproxy.config.k8s.io/v1alpha1 config is loaded. Continuing without it: ${problem}`,
  )
}

function* upgradeNode(p: Process, flags: Flags): Coro<number> {
  checkConfig(p, flags)
  const controlPlane = exists(p, manifestPath('kube-apiserver'))
  const out = (text: string): void => p.stdout.write(`${text}\n`)
  const dry = flags.bool('dry-run')
  if (dry) dryRunDir(p, 'kubeadm-upgrade-node-dryrun', 'KUBEADM_UPGRADE_DRYRUN_DIR')
  const real = controlPlane ? adminClient(p, flags) : clientFromFile(p, KUBELET_CONF)
  if (dry && !controlPlane) out(`[dryrun] Creating a real client from ${JSON.stringify(KUBELET_CONF)}`)
  const client = dry ? new DryRunClient(p, real.config) : real
  const settings = yield* fetchOrFail(p, client, 'upgrade')
  if (!controlPlane) yield* readProxyConfig(p, client)
  if (dry) {
    yield* client.find('ConfigMap', 'kube-system', 'kubelet-config')
    yield* client.find('Node', undefined, settings.node.name)
  }
  yield* preflight(p, 'pre-flight', flags)
  if (dry) throw new NotSimulated('upgrade node --dry-run')
  if (!controlPlane) {
    out('[upgrade/preflight] Skipping prepull. Not a control plane node.')
    out('[upgrade/control-plane] Skipping phase. Not a control plane node.')
    out('[upgrade/kubeconfig] Skipping phase. Not a control plane node.')
    yield* phase('kubelet-config', () => upgradeKubeletConfig(p, client, settings))
    out('[upgrade/addon] Skipping the addon/coredns phase. Not a control plane node.')
    out('[upgrade/addon] Skipping the addon/kube-proxy phase. Not a control plane node.')
    return 0
  }
  const ignored = flags.strings('ignore-preflight-errors')
  yield* phase('preflight', () => pullImages(p, settings, ignored, 'upgrade/preflight'))
  yield* phase('control-plane', function* () {
    out(
      `[upgrade/control-plane] Upgrading your Static Pod-hosted control plane instance to version ${JSON.stringify(settings.cluster.kubernetesVersion)}...`,
    )
    const renew = flags.bool('certificate-renewal')
    yield* upgradeStaticPods(p, { client, settings, renew, etcd: flags.bool('etcd-upgrade') })
    out('[upgrade/control-plane] The control plane instance for this node was successfully upgraded!')
  })
  out('[upgrade/kubeconfig] The kubeconfig files for this node were successfully upgraded!')
  yield* phase('kubelet-config', () => upgradeKubeletConfig(p, client, settings))
  yield* phase('addon', () => upgradeAddons(p, client, settings))
  return 0
}

/** `kubeadm upgrade node`: every further machine. */
export const node = command({
  use: 'node',
  short: 'Upgrade commands for a node in the cluster',
  args: noArgs,
  flags: CHANGING,
  run: ({ p, flags }) => upgradeNode(p, flags),
})
