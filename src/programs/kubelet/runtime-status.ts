import type { Container, CriServer, Sandbox } from '../containerd/index.ts'

/** What the runtime knows of a pod: models kubecontainer.PodStatus. */
export interface RuntimeStatus {
  /** Newest first. */
  readonly sandboxes: readonly Sandbox[]
  /** Newest first. */
  readonly containers: readonly Container[]
}

const EMPTY: RuntimeStatus = { sandboxes: [], containers: [] }

/** Asks the runtime. Throws GrpcError. */
export function runtimeStatus(cri: CriServer, uid: string): RuntimeStatus {
  const sandboxes = cri.sandboxesOf(uid)
  if (sandboxes.length === 0) return EMPTY
  const containers: Container[] = []
  for (const s of sandboxes) containers.push(...cri.containersOf(s.id).reverse())
  return { sandboxes, containers }
}

/** The newest container of that name. */
export const latest = (status: RuntimeStatus, name: string): Container | undefined =>
  status.containers.find((c) => c.config.name === name)

/** The runtime says that it has ended. */
export const exited = (c: Container): boolean => c.state === 'CONTAINER_EXITED'

/** The runtime says that it runs. */
export const running = (c: Container): boolean => c.state === 'CONTAINER_RUNNING'
