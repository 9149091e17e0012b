import type { World } from '../../cluster/index.ts'
import { Gateway } from './gateway.ts'
import { innerKubeconfig, outerKubeconfig } from './kubeconfig.ts'
import { onDemand, realTime } from './pace.ts'

interface ServeOptions {
  /** 0: any free one. */
  readonly port?: number
  /** Keeps the kubeconfig where clients find it; called again whenever the one inside has changed. */
  readonly write: (kubeconfig: string) => void
  /** Virtual time stands still unless somebody waits: for tests. */
  readonly onDemand?: boolean
}

/** A world's API that is being served. */
export interface Served {
  readonly url: string
  stop(): Promise<void>
}

/** Offers a running world's API to clients on this machine. Rejects when the port is taken. */
export async function serveApi(world: World, { port = 0, write, ...options }: ServeOptions): Promise<Served> {
  const gateway = new Gateway(world)
  let url = ''
  let known: string | undefined
  const moved = (): void => {
    gateway.follow()
    const inner = innerKubeconfig(world.home)
    if (url === '' || !inner || inner.text === known) return
    known = inner.text
    write(outerKubeconfig(world.home, inner, url))
  }
  const pace = (options.onDemand ? onDemand : realTime)(world, moved)
  try {
    url = `https://127.0.0.1:${await gateway.start(port, pace)}`
  } catch (error) {
    pace.stop()
    throw error
  }
  moved()
  return { url, stop: () => gateway.stop() }
}
