import type { Process } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import type { Flags } from '../lib/cobra.ts'
import { clientFromFile } from './client.ts'
import { KubeadmError, phase } from './errors.ts'
import { initSettings } from './init-settings.ts'
import {
  addons,
  admin,
  allCerts,
  allComponents,
  allKubeconfigs,
  localEtcd,
  preflight,
  printFiles,
  uploadAll,
  uploadCertificates,
  waitControlPlane,
} from './init-steps.ts'
import { success } from './init-success.ts'
import { bootstrapToken, grantAdmins, markControlPlane } from './phase-cluster.ts'
import { kubeletFinalize, kubeletStart } from './phase-files.ts'
import type { Settings } from './settings.ts'
import { phaseNames, type Runs } from './tree.ts'

/** Names that --skip-phases may have: those of the commands that run single phases. */
function checkPhases(names: readonly string[]): void {
  const known = phaseNames('init')
  for (const name of names) if (!known.has(name)) throw new KubeadmError(`invalid phase name: ${name}`)
}

/** Phases of the workflow in its order, as --skip-phases names them. */
function* initialise(p: Process, flags: Flags): Coro<number> {
  const settings = yield* initSettings(p, flags)
  const { cluster, dry } = settings
  const skipped = settings.skipped ?? []
  const run = function* <T>(name: string, body: () => Coro<T>): Coro<T | undefined> {
    if (skipped.some((one) => one === name || name.startsWith(`${one}/`))) return undefined
    return yield* phase(name, body)
  }
  const step = (body: (p: Process, settings: Settings, flags: Flags) => void) =>
    function* (): Coro {
      body(p, settings, flags)
    }
  p.stdout.write(`[init] Using Kubernetes version: ${cluster.kubernetesVersion}\n`)
  checkPhases(skipped)
  yield* run('preflight', () => preflight(p, settings))
  yield* run('certs', step(allCerts))
  yield* run('kubeconfig', step(allKubeconfigs))
  yield* run('etcd/local', step(localEtcd))
  yield* run('control-plane', step(allComponents))
  yield* run('kubelet-start', () => kubeletStart(p, settings))
  yield* run('wait-control-plane', () => (dry ? step(printFiles)() : waitControlPlane(p, settings)))
  if (!dry) yield* grantAdmins(clientFromFile(p, '/etc/kubernetes/super-admin.conf'))
  const client = admin(p, flags, settings)
  yield* run('upload-config', () => uploadAll(p, client, settings))
  const key = yield* run('upload-certs', () => uploadCertificates(p, client, settings, flags))
  yield* run('mark-control-plane', () => markControlPlane(p, client, settings))
  const token = yield* run('bootstrap-token', () => bootstrapToken(p, client, settings))
  yield* run('kubelet-finalize', () => kubeletFinalize(p, settings))
  yield* run('addon', () => addons(p, client, settings))
  if (dry) p.stdout.write('[dryrun] Finished dry-running successfully. Above are the resources that would be created\n')
  else if (!skipped.includes('show-join-command')) p.stdout.write(success(p, settings, client, token ?? '', key ?? ''))
  return 0
}

/** `kubeadm init`; its phases by themselves are INIT_PHASES. */
export const INIT: Runs = { init: ({ p, flags }) => initialise(p, flags) }
