import type { Process } from '../../../host/index.ts'
import type { Coro } from '../../../kernel/index.ts'
import { Klog } from '../../../programs/lib/klog.ts'
import { command, type Flags, noArgs } from '../../lib/cobra.ts'
import { clientFromFile } from '../client.ts'
import { NotSimulated, phase } from '../errors.ts'
import { exists } from '../files.ts'
import { pullImages } from '../images.ts'
import { adminClient, CHANGING, checkConfig, fetchOrFail, preflight } from './common.ts'
import { manifestPath } from './components.ts'
import { upgradeAddons, upgradeKubeletConfig } from './post.ts'
import { upgradeStaticPods } from './static-pods.ts'

function* upgradeNode(p: Process, flags: Flags): Coro<number> {
  checkConfig(p, flags)
  const controlPlane = exists(p, manifestPath('kube-apiserver'))
  const client = controlPlane ? adminClient(p, flags) : clientFromFile(p, '/etc/kubernetes/kubelet.conf')
  const settings = yield* fetchOrFail(p, client, 'upgrade')
  const out = (text: string): void => p.stdout.write(`${text}\n`)
  if (!controlPlane && (yield* client.find('ConfigMap', 'kube-system', 'kube-proxy')))
    // A worker has no address to advertise, of which the recommendation would be made.
    new Klog(p).warning(
      'utils.go:69',
      'The recommended value for "bindAddress" in "KubeProxyConfiguration" is: ::; the provided value is: 0.0.0.0',
    )
  yield* preflight(p, 'pre-flight', flags)
  if (flags.bool('dry-run')) throw new NotSimulated('upgrade node --dry-run')
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
