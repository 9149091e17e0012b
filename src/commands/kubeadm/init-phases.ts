import type { Process } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { KUBECONFIGS } from '../../pki/index.ts'
import { generateBootstrapToken } from '../../programs/kubeadm/index.ts'
import type { Flags } from '../lib/cobra.ts'
import { ADMIN_CONF, type Client, clientFromFile } from './client.ts'
import { phase } from './errors.ts'
import { flagValues } from './flag-values.ts'
import { initSettings } from './init-settings.ts'
import * as steps from './init-steps.ts'
import { success } from './init-success.ts'
import { CERT_PHASES, phaseName, runCertPhase } from './phase-certs.ts'
import {
  addonCoreDns,
  addonKubeProxy,
  bootstrapToken,
  markControlPlane,
  printCoreDns,
  printKubeProxy,
  uploadKubeadm,
  uploadKubelet,
} from './phase-cluster.ts'
import { kubeletFinalize, kubeletStart, writeKubeconfig, writeManifest } from './phase-files.ts'
import { runRng } from './run-rng.ts'
import type { Settings } from './settings.ts'
import type { Run, Runs } from './tree.ts'

type Body = (p: Process, settings: Settings, flags: Flags) => Coro<unknown>

/** A phase by itself: its settings are read, and failures are told with its full name. */
const single = (name: string, body: Body): Run =>
  function* ({ p, flags }) {
    const settings = yield* initSettings(p, flags)
    yield* phase(name, () => body(p, settings, flags))
    return 0
  }

/** A body without waiting. */
const now = (body: (p: Process, settings: Settings, flags: Flags) => void): Body =>
  function* (p, settings, flags) {
    body(p, settings, flags)
  }

/** A body that talks to the cluster. */
const remote =
  (body: (p: Process, client: Client, settings: Settings) => Coro<unknown>): Body =>
  (p, settings, flags) =>
    body(p, steps.admin(p, flags, settings), settings)

/** A body that --print-manifest replaces. */
const printable =
  (print: (p: Process, settings: Settings) => void, body: Body): Body =>
  (p, settings, flags) =>
    flagValues(flags).yes('print-manifest') ? now(print)(p, settings, flags) : body(p, settings, flags)

const BODIES: Readonly<Record<string, Body>> = {
  preflight: (p, settings) => steps.preflight(p, settings),
  'certs/all': now(steps.allCerts),
  ...Object.fromEntries(
    CERT_PHASES.map((d) => [`certs/${phaseName(d)}`, now((p, settings) => runCertPhase(p, settings, d))]),
  ),
  'kubeconfig/all': now(steps.allKubeconfigs),
  ...Object.fromEntries(
    KUBECONFIGS.map((d) => [
      `kubeconfig/${d.name.replace('.conf', '')}`,
      now((p, settings, flags) => writeKubeconfig(p, settings, d, steps.dirOf(flags))),
    ]),
  ),
  'control-plane/all': now(steps.allComponents),
  ...Object.fromEntries(
    steps.COMPONENTS.map((component) => [
      `control-plane/${component.replace('kube-', '')}`,
      now((p, settings) => writeManifest(p, settings, component)),
    ]),
  ),
  'etcd/local': now(steps.localEtcd),
  'kubelet-start': (p, settings) => kubeletStart(p, settings),
  'wait-control-plane': (p, settings) => steps.waitControlPlane(p, settings),
  'upload-config/all': remote(steps.uploadAll),
  'upload-config/kubeadm': remote(uploadKubeadm),
  'upload-config/kubelet': remote(uploadKubelet),
  'upload-certs': (p, settings, flags) => steps.uploadCertificates(p, steps.admin(p, flags, settings), settings, flags),
  'mark-control-plane': remote(markControlPlane),
  'bootstrap-token': remote(bootstrapToken),
  'kubelet-finalize/all': (p, settings) => kubeletFinalize(p, settings),
  'kubelet-finalize/enable-client-cert-rotation': (p, settings) => kubeletFinalize(p, settings),
  'addon/all': remote(steps.addons),
  'addon/coredns': printable(printCoreDns, remote(addonCoreDns)),
  'addon/kube-proxy': printable(printKubeProxy, remote(addonKubeProxy)),
}

const showJoinCommand: Run = function* ({ p, flags }) {
  const settings = yield* initSettings(p, flags)
  const token = generateBootstrapToken(runRng(p).fork('token'))
  const api = clientFromFile(p, ADMIN_CONF)
  p.stdout.write(success(p, settings, api, `${token.id}.${token.secret}`, ''))
  return 0
}

/** `kubeadm init phase …`. A failure names the phase; `all` stands for the phase above it. */
export const INIT_PHASES: Runs = {
  ...Object.fromEntries(
    Object.entries(BODIES).map(([name, body]) => [
      `init phase ${name.replace('/', ' ')}`,
      single(name.replace(/\/all$/, ''), body),
    ]),
  ),
  'init phase show-join-command': showJoinCommand,
}
