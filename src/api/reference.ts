import type { KubeObject } from './types.ts'

/** ObjectReference to an object as it is now: client-go's tools/reference. */
export function referenceTo(object: KubeObject, fieldPath?: string): Record<string, any> {
  const { apiVersion, kind, metadata } = object
  return {
    apiVersion,
    ...(fieldPath ? { fieldPath } : {}),
    kind,
    name: metadata.name,
    ...(metadata.namespace ? { namespace: metadata.namespace } : {}),
    ...(metadata.resourceVersion ? { resourceVersion: metadata.resourceVersion } : {}),
    ...(metadata.uid ? { uid: metadata.uid } : {}),
  }
}
