import { type FieldError, invalid, required } from '../errors.ts'
import { internalJson } from '../internal.ts'
import { IMMUTABLE } from '../names.ts'
import type { KubeObject } from '../object.ts'
import type { Errors } from './checks.ts'
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
  const [now, before]: string[][] = [next.spec?.cidrs ?? [], old.spec?.cidrs ?? []]
  const errors = before!.flatMap((cidr, i) =>
    now![i] === cidr || now![i] === undefined ? [] : [invalid(`${PATH}[${i}]`, now![i], IMMUTABLE)],
  )
  if (now!.length === before!.length) return errors
  if (before!.length === 1 && now!.length === 2) return [...errors, ...validateServiceCIDR(next)]
  return [invalid(PATH, now, IMMUTABLE)]
}
