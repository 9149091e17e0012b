import type { Program } from '../../host/index.ts'

/** Models registry.k8s.io/pause: holds the pod's namespaces. */
export const pause: Program = {
  name: 'pause',
  *main(p) {
    const end = (): void => p.exit(0)
    p.onSignal('SIGTERM', end)
    p.onSignal('SIGINT', end)
    return yield* p.park()
  },
}
