import { ApiServer, type ApiServerOptions, type Credentials, LocalClient, MemoryStorage } from '../../src/api/index.ts'
import { Kernel, Rng } from '../../src/kernel/index.ts'
import { builtinKinds, KindRegistry } from '../../src/kinds/index.ts'

export const START = Date.parse('2026-11-21T02:38:23Z')

/** An API server over an in-memory store, and a client that everything is allowed to. */
export function apiWorld(options: Partial<ApiServerOptions> = {}) {
  const kernel = new Kernel({ seed: 7, start: START })
  const storage = new MemoryStorage()
  const server = new ApiServer({
    kernel,
    storage,
    kinds: new KindRegistry(builtinKinds),
    clock: () => kernel.now(),
    rng: new Rng('api'),
    ...options,
  })
  const as = (credentials: Partial<Credentials> = {}) =>
    new LocalClient((request) =>
      server.handle(request, { userAgent: 'kubectl/v1.36.4', ip: '192.168.56.10', ...credentials }),
    )
  return { kernel, storage, server, api: as(), as }
}

export const pod = (name: string, spec: object = {}, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', ...metadata },
  spec: { containers: [{ name: 'c', image: 'nginx:1.27' }], ...spec },
})

export const configMap = (name: string, data: Record<string, string> = {}, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default', ...metadata },
  data,
})
