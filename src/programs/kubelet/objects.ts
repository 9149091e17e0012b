import type { Informers } from '../../api/index.ts'
import type { KubeObject } from '../../api/types.ts'

/** ConfigMaps and Secrets that this node's pods refer to, each watched on its own as the node authorizer demands. */
export class ObjectCache {
  constructor(private readonly informers: () => Informers | undefined) {}

  /** Undefined when it does not exist. Throws Error when the API server has not answered yet. */
  find(kind: 'ConfigMap' | 'Secret', namespace: string, name: string): KubeObject | undefined {
    const informers = this.informers()
    const informer = informers?.of(kind, { fieldSelector: `metadata.name=${name}` }, namespace)
    if (!informer?.synced)
      throw new Error(`failed to sync ${kind.toLowerCase()} cache: timed out waiting for the condition`)
    return informer.get(namespace, name)
  }

  configMap(namespace: string, name: string): KubeObject | undefined {
    return this.find('ConfigMap', namespace, name)
  }

  secret(namespace: string, name: string): KubeObject | undefined {
    return this.find('Secret', namespace, name)
  }
}
