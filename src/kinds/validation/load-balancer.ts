import { type FieldError, forbidden, invalid, notSupported, required } from '../errors.ts'
import { isSubdomain } from '../names.ts'
import type { KubeObject } from '../object.ts'
import { addInvalid, type Errors } from './checks.ts'
import { checkIP, isIP } from './ip.ts'

const PATH = 'status.loadBalancer.ingress'

const ingressOf = ({ status }: KubeObject): any[] => status?.loadBalancer?.ingress ?? []

/** ValidateLoadBalancerStatus (pkg/apis/core/validation): what a cloud's controller may write into a Service. */
export function validateLoadBalancerStatus(next: KubeObject, old: KubeObject): FieldError[] {
  const errors: Errors = []
  const ingress = ingressOf(next)
  if (ingress.length && next.spec.type !== 'LoadBalancer')
    return [forbidden(PATH, "may only be used when `spec.type` is 'LoadBalancer'")]
  checkIngress(errors, ingress, ingressOf(old), (path, { ip, ipMode }) => {
    if (ipMode === undefined) {
      if (ip) errors.push(required(path, 'must be specified when `ip` is set'))
    } else if (!ip) errors.push(forbidden(path, 'may not be specified when `ip` is not set'))
    else if (ipMode !== 'Proxy' && ipMode !== 'VIP') errors.push(notSupported(path, ipMode, ['Proxy', 'VIP']))
  })
  return errors
}

/** ValidateIngressLoadBalancerStatus (pkg/apis/networking/validation). */
export function validateIngressStatus(next: KubeObject, old: KubeObject): FieldError[] {
  const errors: Errors = []
  checkIngress(errors, ingressOf(next), ingressOf(old), () => {})
  return errors
}

/** What was there may stay wrong. */
function checkIngress(
  errors: Errors,
  ingress: readonly any[],
  before: readonly any[],
  checkMode: (path: string, entry: any) => void,
): void {
  for (const [i, entry] of ingress.entries()) {
    const { ip, hostname } = entry
    const at = `${PATH}[${i}]`
    if (ip && !before.some((old) => old.ip === ip)) checkIP(errors, `${at}.ip`, ip)
    checkMode(`${at}.ipMode`, entry)
    if (!hostname) continue
    addInvalid(errors, `${at}.hostname`, hostname, isSubdomain(hostname))
    if (isIP(hostname)) errors.push(invalid(`${at}.hostname`, hostname, 'must be a DNS name, not an IP address'))
  }
}
