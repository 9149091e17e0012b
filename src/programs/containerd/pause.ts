import type { Program } from '../../host/index.ts'

/** Models registry.k8s.io/pause: holds the pod's namespaces. */
export const pause: Program = {
  name: 'pause',
  *main(p) {
    // Asked for its version: kubeadm's health check starts it so, for something that ends.
    if (p.argv.includes('-v')) return 0
    const end = (): void => p.exit(0)
    p.onSignal('SIGTERM', end)
    p.onSignal('SIGINT', end)
    return yield* p.park()
  },
}
