import type { Kind } from '../../kinds/index.ts'
import { notAcceptable } from '../errors.ts'
import type { ApiResponse, ResourceRequest } from '../types.ts'
import { ENCODINGS, negotiate, onlyThese } from './negotiate.ts'

/** What an answer is to be shown as. */
interface Shape extends Pick<ResourceRequest, 'accept'> {
  readonly as?: string
  readonly apiVersion?: string
}

const META = ['meta.k8s.io/v1', 'meta.k8s.io/v1beta1']
const PARTIAL = ['PartialObjectMetadata', 'PartialObjectMetadataList']

/** Subresources that stream: nothing is shown as anything. */
const RAW = new Set(['exec', 'attach', 'portforward', 'proxy'])

/** The shape that a request's Accept header asks for. Throws 406. */
export function shapeOf({ acceptHeader = '', subresource, accept }: ResourceRequest): Shape {
  if (RAW.has(subresource ?? '')) return { accept }
  const isLog = subresource === 'log'
  const offered = isLog ? [...ENCODINGS, 'text/plain'] : ENCODINGS
  const converts = (as: string, apiVersion: string): boolean =>
    META.includes(apiVersion) && (PARTIAL.includes(as) || (as === 'Table' && !isLog))
  const found = negotiate(acceptHeader, offered, converts)
  if (!found) throw onlyThese(ENCODINGS)
  const { as, apiVersion } = found
  if (as === undefined) return {}
  return { accept: as === 'Table' ? 'table' : 'metadata', as, apiVersion }
}

/** An answer in the version of its shape. Throws 406 where a list was asked for as one object, or the reverse. */
export function shaped(response: ApiResponse, { as, apiVersion }: Shape, kind: Kind): ApiResponse {
  const { body } = response
  if (!as || typeof body !== 'object' || body === null || body.kind === 'Status') return response
  const isList = Array.isArray(body.items)
  if (PARTIAL.includes(as) && isList !== as.endsWith('List')) {
    const type = kind.crd
      ? 'unstructured.Unstructured'
      : body.kind === 'Scale'
        ? 'autoscaling.Scale'
        : `${goPackage(kind)}.${kind.kind}`
    throw notAcceptable(
      `you requested ${as}, but the requested object is ${isList ? `a list (*${type}List)` : `not a list (*${type})`}`,
    )
  }
  return body.apiVersion === apiVersion ? response : { ...response, body: { ...body, apiVersion } }
}

/** The package of the internal type. */
const goPackage = ({ group }: Kind): string => group.split('.')[0] || 'core'
