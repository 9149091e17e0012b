import { type FieldError, invalid, required } from '../errors.ts'
import { internalJson } from '../internal.ts'
import { IMMUTABLE, isPathSegment, isSubdomain } from '../names.ts'
import type { KubeObject } from '../object.ts'
import { same } from '../same.ts'
import { addInvalid, type Errors } from './checks.ts'
import { checkCIDR } from './ip.ts'

const PATH = 'spec.cidrs'

/** ValidateServiceCIDR: one range, or one of each IP family. */
export function validateServiceCIDR({ spec = {} }: KubeObject): FieldError[] {
  const cidrs: string[] = spec.cidrs ?? []
  if (!cidrs.length) return [required(PATH, 'at least one CIDR required')]
  if (cidrs.length > 2) return [invalid(PATH, internalJson('ServiceCIDRSpec', spec), 'may only hold up to 2 values')]
  const errors: Errors = []
  const [first, second] = cidrs.map((cidr, i) => checkCIDR(errors, `${PATH}[${i}]`, cidr) && cidr.includes(':'))
  if (cidrs.length === 2 && !errors.length && first === second) {
    const sentence = 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64'
    errors.push(invalid(PATH, cidrs, sentence))
  }
  return errors
}

/** A second family may be added; nothing else changes. */
export function validateServiceCIDRUpdate(next: KubeObject, old: KubeObject): FieldError[] {
  const now: string[] = next.spec?.cidrs ?? []
  const before: string[] = old.spec?.cidrs ?? []
  const errors = before.flatMap((cidr, i) =>
    now[i] === cidr || now[i] === undefined ? [] : [invalid(`${PATH}[${i}]`, now[i], IMMUTABLE)],
  )
  if (now.length === before.length) return errors
  if (before.length === 1 && now.length === 2) return [...errors, ...validateServiceCIDR(next)]
  return [invalid(PATH, now, IMMUTABLE)]
}

/** ValidateIPAddress: an address belongs to something. */
export function validateIPAddress({ spec }: KubeObject): FieldError[] {
  const path = 'spec.parentRef'
  const parent = spec?.parentRef
  if (!parent) return [required(path)]
  const errors: Errors = []
  const { group, resource, name, namespace } = parent
  if (group) addInvalid(errors, `${path}.group`, group, isSubdomain(group))
  for (const [field, value] of Object.entries({ resource, name })) {
    if (!value) errors.push(required(`${path}.${field}`))
    else addInvalid(errors, `${path}.${field}`, value, isPathSegment(value))
  }
  if (namespace) addInvalid(errors, `${path}.namespace`, namespace, isPathSegment(namespace))
  return errors
}

/** ValidateIPAddressUpdate (pkg/apis/networking/validation): the parent stays. */
export const validateIPAddressUpdate = (next: KubeObject, old: KubeObject): FieldError[] =>
  same(next.spec?.parentRef, old.spec?.parentRef)
    ? []
    : [invalid('spec.parentRef', internalJson('ParentReference', next.spec?.parentRef ?? {}), IMMUTABLE)]
