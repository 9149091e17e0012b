import { containerTotal } from '../../kinds/index.ts'
import { quantityOf } from '../../print/index.ts'
import type { KubeObject } from '../types.ts'
import { forbid, listOf } from './lookup.ts'
import type { AdmissionPlugin, Attributes } from './plugin.ts'

const ANNOTATION = 'kubernetes.io/limit-ranger'

type List = Readonly<Record<string, string>>

const ranges = ({ ctx, namespace }: Attributes): any[] =>
  listOf(ctx.server, 'LimitRange', namespace).flatMap((range) => range.spec?.limits ?? [])

/** Fills in default requests and limits; enforces minimum, maximum and their ratio. */
export const limitRanger: AdmissionPlugin = {
  name: 'LimitRanger',
  handles: (operation, resource, subresource) =>
    (subresource === '' && operation === 'CREATE' && (resource === 'pods' || resource === 'persistentvolumeclaims')) ||
    (subresource === '' && operation === 'UPDATE' && resource === 'persistentvolumeclaims') ||
    (subresource === 'resize' && operation === 'UPDATE'),
  admit(a) {
    if (a.kind.kind !== 'Pod' || a.operation !== 'CREATE') return
    const limits = ranges(a).filter((l) => l.type === 'Container')
    if (limits.length) setDefaults(a.object, limits)
  },
  validate(a) {
    const errors: string[] = []
    for (const limit of ranges(a)) {
      if (a.kind.kind === 'PersistentVolumeClaim') checkClaim(a.object, limit, errors)
      else if (limit.type === 'Container') {
        const { containers, initContainers } = a.object.spec
        for (const c of [...(containers ?? []), ...(initContainers ?? [])]) check(limit, c.resources ?? {}, errors)
      } else if (limit.type === 'Pod') {
        check(limit, { requests: podTotal(a.object, 'requests'), limits: podTotal(a.object, 'limits') }, errors)
      }
    }
    const unique = [...new Set(errors)]
    if (unique.length) throw forbid(a, unique.length > 1 ? `[${unique.join(', ')}]` : unique[0]!)
  },
}

function setDefaults(pod: KubeObject, limits: readonly any[]): void {
  const defaults = { limits: {} as Record<string, string>, requests: {} as Record<string, string> }
  for (const limit of limits) {
    Object.assign(defaults.requests, limit.defaultRequest)
    Object.assign(defaults.limits, limit.default)
  }
  const notes: string[] = []
  const fill = (given: any, what: string) => {
    const container = { ...given, resources: { ...given.resources } }
    for (const [list, word] of [
      ['requests', 'request'],
      ['limits', 'limit'],
    ] as const) {
      const missing = Object.keys(defaults[list])
        .filter((k) => container.resources[list]?.[k] === undefined)
        .sort()
      if (missing.length === 0) continue
      container.resources[list] = { ...container.resources[list] }
      for (const k of missing) container.resources[list][k] = defaults[list][k]
      notes.push(`${missing.join(', ')} ${word} for ${what} ${container.name}`)
    }
    return container
  }
  const { spec } = pod
  if (spec.containers) spec.containers = spec.containers.map((c: any) => fill(c, 'container'))
  if (spec.initContainers) spec.initContainers = spec.initContainers.map((c: any) => fill(c, 'init container'))
  if (notes.length === 0) return
  pod.metadata.annotations = {
    ...pod.metadata.annotations,
    [ANNOTATION]: `LimitRanger plugin set: ${notes.join('; ')}`,
  }
}

const podTotal = (pod: KubeObject, list: 'requests' | 'limits'): List =>
  Object.fromEntries(Object.entries(containerTotal(pod.spec, list)).map(([k, q]) => [k, q.toString()]))

const more = (a: string, b: string): boolean => quantityOf(a).compare(quantityOf(b)) > 0

function check(limit: any, { requests = {}, limits = {} }: { requests?: List; limits?: List }, errors: string[]): void {
  const { type } = limit
  for (const [name, min] of Object.entries<string>(limit.min ?? {})) {
    const head = `minimum ${name} usage per ${type} is ${min}`
    if (requests[name] === undefined) errors.push(`${head}.  No request is specified`)
    else if (more(min, requests[name])) errors.push(`${head}, but request is ${requests[name]}`)
    else if (limits[name] !== undefined && more(min, limits[name])) errors.push(`${head}, but limit is ${limits[name]}`)
  }
  for (const [name, max] of Object.entries<string>(limit.max ?? {})) {
    const head = `maximum ${name} usage per ${type} is ${max}`
    if (limits[name] === undefined) errors.push(`${head}.  No limit is specified`)
    else if (more(limits[name], max)) errors.push(`${head}, but limit is ${limits[name]}`)
    else if (requests[name] !== undefined && more(requests[name], max)) {
      errors.push(`${head}, but request is ${requests[name]}`)
    }
  }
  for (const [name, ratio] of Object.entries<string>(limit.maxLimitRequestRatio ?? {})) {
    const head = `${name} max limit to request ratio per ${type} is ${ratio}`
    const request = quantityOf(requests[name]).toNumber()
    const bound = quantityOf(limits[name]).toNumber()
    if (!request) errors.push(`${head}, but no request is specified or request is 0`)
    else if (!bound) errors.push(`${head}, but no limit is specified or limit is 0`)
    else if (bound / request > quantityOf(ratio).toNumber() + 1e-9) {
      errors.push(`${head}, but provided ratio is ${(bound / request).toFixed(6)}`)
    }
  }
}

function checkClaim({ spec }: KubeObject, limit: any, errors: string[]): void {
  if (limit.type !== 'PersistentVolumeClaim') return
  const requests: List = spec.resources?.requests ?? {}
  check({ type: limit.type, min: limit.min }, { requests }, errors)
  for (const [name, max] of Object.entries<string>(limit.max ?? {})) {
    const head = `maximum ${name} usage per ${limit.type} is ${max}`
    if (requests[name] === undefined) errors.push(`${head}.  No request is specified`)
    else if (more(requests[name], max)) errors.push(`${head}, but request is ${requests[name]}`)
  }
}
