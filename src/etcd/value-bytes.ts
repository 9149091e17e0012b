import { bytesToText, textToBytes } from '../kernel/index.ts'
import { protobuf } from './protobuf.ts'
import { Sealed } from './sealed.ts'
import type { Value } from './store.ts'

const encoder = new TextEncoder()

/**
 * The bytes of a value as a client of etcd sees them. Texts are themselves (undecodable bytes travel as U+DC80..U+DCFF).
 * Objects of the API server stand in the envelope that Kubernetes writes, `k8s\0` and a runtime.Unknown with apiVersion,
 * kind and the object's protobuf; custom resources are JSON.
 */
export function valueBytes(value: Value): Uint8Array {
  if (typeof value === 'string') return textToBytes(value)
  if (value instanceof Sealed) return value.bytes(valueBytes(value.object))
  const object = value as { apiVersion?: string; kind?: string }
  if (isCustom(object.apiVersion ?? '')) return encoder.encode(`${JSON.stringify(value)}\n`)
  const apiVersion = encoder.encode(object.apiVersion ?? '')
  const kind = encoder.encode(object.kind ?? '')
  const typeMeta = [...field(1, apiVersion), ...field(2, kind)]
  const raw = protobuf(value)
  return Uint8Array.from([0x6b, 0x38, 0x73, 0, ...field(1, typeMeta), ...field(2, raw), 0x1a, 0, 0x22, 0])
}

const BUILT_IN =
  /^((admissionregistration|apiextensions|apiregistration|authentication|authorization|certificates|coordination|discovery|events|(flowcontrol|internal)\.apiserver|networking|node|rbac\.authorization|resource|scheduling|storage|storagemigration)\.k8s\.io|[a-z]+)\//

/** Whether an object of this API version is a custom resource. */
const isCustom = (apiVersion: string): boolean => apiVersion.includes('/') && !BUILT_IN.test(apiVersion)

/** The same as text. */
export const valueText = (value: Value): string => (typeof value === 'string' ? value : bytesToText(valueBytes(value)))

function field(n: number, data: ArrayLike<number>): number[] {
  const out = [(n << 3) | 2]
  let length = data.length
  while (length > 127) {
    out.push((length & 127) | 128)
    length >>>= 7
  }
  out.push(length)
  for (let i = 0; i < data.length; i++) out.push(data[i])
  return out
}
