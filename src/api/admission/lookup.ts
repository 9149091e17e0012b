import { forbidden } from '../errors.ts'
import type { ApiServer } from '../server.ts'
import type { KubeObject, StatusError } from '../types.ts'
import type { Attributes } from './plugin.ts'

/** An object out of the server's caches. */
export function lookup(
  server: ApiServer,
  kind: string,
  namespace: string | undefined,
  name: string,
): KubeObject | undefined {
  const found = server.kinds.named(kind)!
  const { objects, prefix } = server.known(found)
  return objects.get(found.namespaced ? `${prefix}${namespace}/${name}` : prefix + name)
}

/** All objects of a kind (in a namespace), in the order of their names. */
export const listOf = (server: ApiServer, kind: string, namespace?: string): KubeObject[] =>
  server.known(server.kinds.named(kind)!).ordered(namespace)

/** 403 of a plug-in: admission.NewForbidden. Without a name yet, the prefix of the generated one is told. */
export function forbid(a: Attributes, why: string): StatusError {
  const { name, generateName } = a.object?.metadata ?? {}
  return forbidden(a.kind, a.name || name || generateName || 'Unknown', why)
}

/** Every container of a pod spec in the order containers are visited: init, ordinary, ephemeral. */
export const allContainers = (spec: any): any[] => [
  ...(spec?.initContainers ?? []),
  ...(spec?.containers ?? []),
  ...(spec?.ephemeralContainers ?? []),
]
