import type { KubeObject } from '../../../api/types.ts'
import { decode, fieldValue, resourceValue } from '../env.ts'
import type { ObjectCache } from '../objects.ts'
import type { Pod } from '../types.ts'
import type { Payload } from './projected-dir.ts'

/** What contents of volumes are made from. */
export interface ContentSource {
  readonly objects: ObjectCache
  readonly hostIp: string
  readonly nodeName: string
  podIp(pod: Pod): string
  readonly allocatable: Readonly<Record<string, string>>
  /** Requests a token. Throws Error. */
  token(pod: Pod, audience: string | undefined, seconds: number): () => string
}

type Files = Map<string, Payload>

/** Keys of a ConfigMap or Secret as files. `kind` as it stands in the message about a missing key. */
function keys(
  object: KubeObject | undefined,
  items: any[] | undefined,
  optional: boolean,
  mode: number,
  kind: 'config' | 'secret',
): Files {
  const files: Files = new Map()
  const data: Record<string, string> = object?.data ?? {}
  const binary: Record<string, string> = kind === 'config' ? (object?.binaryData ?? {}) : {}
  const text = (key: string): string | undefined =>
    data[key] !== undefined ? (kind === 'secret' ? decode(data[key]) : data[key]) : binary[key] && decode(binary[key])
  if (!items) {
    for (const key of Object.keys({ ...data, ...binary })) files.set(key, { text: text(key)!, mode })
    return files
  }
  for (const item of items) {
    const value = text(item.key)
    if (value === undefined) {
      if (optional) continue
      throw new Error(
        kind === 'config'
          ? `configmap references non-existent config key: ${item.key}`
          : `references non-existent secret key: ${item.key}`,
      )
    }
    files.set(item.path, { text: value, mode: item.mode ?? mode })
  }
  return files
}

/** Files of a ConfigMap volume or projection. Throws when it or a key is missing and not optional. */
export function configMapFiles(pod: Pod, spec: any, source: ContentSource, mode = spec.defaultMode ?? 0o644): Files {
  const found = source.objects.configMap(pod.metadata.namespace!, spec.name)
  if (!found && !spec.optional) throw new Error(`configmap "${spec.name}" not found`)
  return keys(found, spec.items, spec.optional === true, mode, 'config')
}

/** Files of a Secret volume or projection. Throws when it or a key is missing and not optional. */
export function secretFiles(pod: Pod, spec: any, source: ContentSource, mode = spec.defaultMode ?? 0o644): Files {
  const name = spec.secretName ?? spec.name
  const found = source.objects.secret(pod.metadata.namespace!, name)
  if (!found && !spec.optional) throw new Error(`secret "${name}" not found`)
  return keys(found, spec.items, spec.optional === true, mode, 'secret')
}

/** Files of a downwardAPI volume or projection. */
export function downwardFiles(pod: Pod, spec: any, source: ContentSource, mode = spec.defaultMode ?? 0o644): Files {
  const files: Files = new Map()
  for (const item of spec.items ?? []) {
    const text = item.fieldRef
      ? fieldValue(pod, item.fieldRef.fieldPath, { ...source, podIp: source.podIp(pod) })
      : resourceValue(pod, undefined, item.resourceFieldRef, source.allocatable)
    files.set(item.path, { text, mode: item.mode ?? mode })
  }
  return files
}

/** A projected volume: all its sources in one directory. */
export function projectedFiles(pod: Pod, spec: any, source: ContentSource): Files {
  const mode = spec.defaultMode ?? 0o644
  const files: Files = new Map()
  const errors: string[] = []
  for (const s of spec.sources ?? []) {
    try {
      for (const [path, payload] of projectedSource(pod, s, source, mode)) files.set(path, payload)
    } catch (error) {
      if (!(error instanceof Error) || error.constructor !== Error) throw error
      errors.push(error.message)
    }
  }
  // What is wrong with several sources is told together.
  if (errors.length > 0) throw new Error(errors.length > 1 ? `[${[...new Set(errors)].join(', ')}]` : errors[0])
  return files
}

function projectedSource(pod: Pod, s: any, source: ContentSource, mode: number): Files {
  return s.configMap
    ? configMapFiles(pod, s.configMap, source, mode)
    : s.secret
      ? secretFiles(pod, s.secret, source, mode)
      : s.downwardAPI
        ? downwardFiles(pod, s.downwardAPI, source, mode)
        : s.serviceAccountToken
          ? new Map([
              [
                s.serviceAccountToken.path as string,
                {
                  text: source.token(
                    pod,
                    s.serviceAccountToken.audience,
                    s.serviceAccountToken.expirationSeconds ?? 3600,
                  ),
                  mode,
                },
              ],
            ])
          : new Map()
}
