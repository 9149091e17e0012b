import { GrpcError } from '../containerd/index.ts'
import type { Kubelet } from './kubelet.ts'

const RUNTIME_CHECK = 5000
const RUNTIME_DOWN_AFTER = 30_000
const PLEG_DEADLINE = 180_000

/** What the kubelet knows of its container runtime: the reasons for which the node, or only pods' networks, are not ready. */
export class RuntimeHealth {
  private plegSeen: number
  private runtimeSeen: number | undefined
  private networkError: string | undefined = 'container runtime status check may not have completed yet'

  constructor(private readonly k: Kubelet) {
    this.plegSeen = k.startedAt
  }

  start(): void {
    this.check()
    this.k.process.every(RUNTIME_CHECK, () => this.check())
  }

  /** Models updateRuntimeUp, every five seconds. */
  private check(): void {
    try {
      const status = this.k.cri.status()
      this.plegSeen = this.k.kernel.now()
      this.runtimeSeen = this.k.kernel.now()
      const before = this.networkError
      this.networkError = status.networkReason
        ? `container runtime network not ready: NetworkReady=false reason:${status.networkReason} message:${status.networkMessage}`
        : undefined
      if (this.networkError) {
        this.k.log.info('kubelet.go:3277', 'Container runtime network not ready', {
          networkReady: `NetworkReady=false reason:${status.networkReason} message:${status.networkMessage}`,
        })
      } else if (before !== undefined) this.k.node.update(false)
    } catch (error) {
      if (!(error instanceof GrpcError)) throw error
      this.k.log.error(
        'remote_runtime.go:347',
        'ListPodSandbox with filter from runtime service failed',
        error.message,
        {
          filter: '',
        },
      )
      this.k.log.error('generic.go:312', 'GenericPLEG: Unable to retrieve pods', error.message)
      this.k.log.error('kubelet.go:3321', 'Container runtime sanity check failed', error.message)
    }
  }

  /** Why pods without the host's network cannot start. */
  networkProblem(): string | undefined {
    return this.networkError
  }

  /** Why the node is not Ready; empty when it is. */
  readyProblems(): string[] {
    const { kernel } = this.k
    const problems: string[] = []
    if (this.runtimeSeen === undefined) problems.push('container runtime status check may not have completed yet')
    else if (kernel.now() - this.runtimeSeen > RUNTIME_DOWN_AFTER) problems.push('container runtime is down')
    const silent = kernel.now() - this.plegSeen
    if (silent > PLEG_DEADLINE) {
      const s = Math.floor(silent / 1000)
      problems.push(
        `PLEG is not healthy: pleg was last seen active ${Math.floor(s / 60)}m${s % 60}s ago; threshold is 3m0s`,
      )
    }
    if (this.networkError && this.runtimeSeen !== undefined) problems.push(this.networkError)
    return problems
  }
}
