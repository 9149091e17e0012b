import { phase } from './errors.ts'
import { InitRun, PHASES } from './init-phases.ts'
import { initSettings } from './init-settings.ts'
import { checkPhases, isSkipped } from './phases.ts'
import type { Runs } from './tree.ts'

/** `kubeadm init`; its phases by themselves are INIT_PHASES. */
export const INIT: Runs = {
  *init({ p, flags }) {
    const settings = yield* initSettings(p, flags)
    const run = new InitRun(p, flags, settings, true)
    const skipped = settings.skipped ?? []
    p.stdout.write(`[init] Using Kubernetes version: ${settings.cluster.kubernetesVersion}\n`)
    checkPhases(skipped, PHASES)
    for (const [name, body] of PHASES) if (!isSkipped(name, skipped)) yield* phase(name, () => body(run))
    if (settings.dry)
      p.stdout.write('[dryrun] Finished dry-running successfully. Above are the resources that would be created\n')
    return 0
  },
}
