import { duplicate, type FieldError, forbidden, invalid, notSupported, required } from '../errors.ts'
import type { KubeObject } from '../object.ts'
import type { Errors } from './checks.ts'

const PATH = 'status.conditions'
const FINAL = ['Approved', 'Denied', 'Failed']

const conditionsOf = (csr: KubeObject): any[] => csr.status?.conditions ?? []
const ofType = (csr: KubeObject, type: string): any[] => conditionsOf(csr).filter((c) => c.type === type)
const doubled = (csr: KubeObject): boolean =>
  new Set(conditionsOf(csr).map((c) => c.type)).size < conditionsOf(csr).length
const bothWays = (csr: KubeObject): boolean => ofType(csr, 'Approved').length > 0 && ofType(csr, 'Denied').length > 0

/** validateCertificateSigningRequestUpdate (pkg/apis/certificates/validation): what was decided stays, and is decided once. */
export function validateSigningDecision(next: KubeObject, old: KubeObject, subresource?: string): FieldError[] {
  const errors: Errors = []
  checkConditions(errors, next, old)
  const { certificate: pem } = next.status ?? {}
  const before = old.status?.certificate
  if (pem && pem !== before) {
    const why = certificateProblem(atob(pem))
    if (why !== undefined) errors.push(invalid('status.certificate', '<certificate data>', why))
  }
  for (const type of FINAL)
    if (ofType(next, type).length < ofType(old, type).length)
      errors.push(forbidden(PATH, `updates may not remove a condition of type ${JSON.stringify(type)}`))
  if (subresource !== 'approval')
    for (const type of ['Approved', 'Denied'])
      if (ofType(next, type).length > ofType(old, type).length)
        errors.push(forbidden(PATH, `updates may not add a condition of type ${JSON.stringify(type)}`))
  if ((pem ?? '') !== (before ?? '')) {
    if (subresource !== 'status')
      errors.push(forbidden('status.certificate', 'updates may not set certificate content'))
    else if (before) errors.push(forbidden('status.certificate', 'updates may not modify existing certificate content'))
  }
  return errors
}

/** What the old object already had wrong may stay so. */
function checkConditions(errors: Errors, next: KubeObject, old: KubeObject): void {
  const seen = new Set<string>()
  for (const [i, { type = '', status = '' }] of conditionsOf(next).entries()) {
    const at = `${PATH}[${i}]`
    if (!type) errors.push(required(`${at}.type`))
    const allowed = FINAL.includes(type) ? ['True'] : ['False', 'True', 'Unknown']
    if (!status) errors.push(required(`${at}.status`))
    else if (!allowed.includes(status)) errors.push(notSupported(`${at}.status`, status, allowed))
    const opposite = type === 'Approved' ? 'Denied' : type === 'Denied' ? 'Approved' : undefined
    if (opposite && seen.has(opposite) && !bothWays(old))
      errors.push(invalid(PATH, type, 'Approved and Denied conditions are mutually exclusive'))
    if (seen.has(type) && !doubled(old)) errors.push(duplicate(`${at}.type`, type))
    seen.add(type)
  }
}

/** Why the text is no chain of certificates. */
function certificateProblem(text: string): string | undefined {
  const blocks = [...text.matchAll(/-----BEGIN ([^-]+)-----/g)].map((m) => m[1])
  const foreign = blocks.find((type) => type !== 'CERTIFICATE')
  if (foreign !== undefined) return `only CERTIFICATE PEM blocks are allowed, found ${JSON.stringify(foreign)}`
  return blocks.length === 0 ? 'must contain at least one CERTIFICATE PEM block' : undefined
}
