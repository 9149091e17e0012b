import { duplicate, type FieldError, forbidden, invalid, notSupported, required } from '../errors.ts'
import { isLabelValue, isQualifiedName } from '../names.ts'
import type { KubeObject } from '../object.ts'
import { addInvalid, checkLabelName, type Errors } from './checks.ts'
import { checkCIDR } from './ip.ts'
import { checkAmount } from './resources.ts'
import { checkTaintEffect } from './scheduling.ts'
import { checkSignerName } from './signer.ts'

/** validateNodeTaints; upstream looks for them under metadata. */
function checkTaints(errors: Errors, taints: any[] | undefined): void {
  const seen = new Set<string>()
  for (const [i, taint] of (taints ?? []).entries()) {
    const path = `metadata.taints[${i}]`
    checkLabelName(errors, `${path}.key`, taint.key ?? '')
    const messages = isLabelValue(taint.value ?? '')
    if (messages.length) errors.push(invalid(`${path}.value`, taint.value, messages.join(';')))
    checkTaintEffect(errors, `${path}.effect`, taint.effect)
    const key = `${taint.effect}/${taint.key}`
    if (seen.has(key)) {
      const value = {
        Key: taint.key,
        Value: taint.value ?? '',
        Effect: taint.effect,
        TimeAdded: taint.timeAdded ?? null,
      }
      const { body, ...error } = duplicate(path, value)
      errors.push({ ...error, body: `${body}: taints must be unique by key and effect pair` })
    }
    seen.add(key)
  }
}

/** ValidateNode (pkg/apis/core/validation). */
export function validateNode({ spec }: KubeObject): FieldError[] {
  const errors: Errors = []
  checkTaints(errors, spec?.taints)
  const cidrs: string[] = spec?.podCIDRs ?? []
  for (const [i, cidr] of cidrs.entries()) checkCIDR(errors, `spec.podCIDRs[${i}]`, cidr)
  if (cidrs.length > 1 && !(cidrs.length === 2 && cidrs[0]!.includes(':') !== cidrs[1]!.includes(':'))) {
    errors.push(invalid('spec.podCIDRs', cidrs, 'may specify no more than one CIDR for each IP family'))
  }
  return errors
}

const FEATURE = /^[A-Z][a-zA-Z0-9]*(\/[a-zA-Z][a-zA-Z0-9]*)*$/
const FEATURE_FORM =
  "must start with an UpperCamelCase segment, with subsequent segments separated by '/' (e.g., MyFeature or MyFeature/mySubFeature), and contain only alphanumeric characters and slashes"

/** validateNodeDeclaredFeatures, and the addresses: each is named once. */
function checkNodeStatus(errors: Errors, { capacity, allocatable, declaredFeatures, addresses }: any): void {
  for (const name in capacity) checkAmount(errors, `status.capacity.${name}`, name, capacity[name])
  for (const name in allocatable) checkAmount(errors, `status.allocatable.${name}`, name, allocatable[name])
  for (const [i, feature] of (declaredFeatures ?? []).entries()) {
    const before = declaredFeatures[i - 1]
    const path = `status.declaredFeatures[${i}]`
    if (feature.length > 253)
      errors.push(
        invalid(path, feature, `invalid feature name ${JSON.stringify(feature)}: must be no more than 253 characters`),
      )
    else if (!FEATURE.test(feature))
      errors.push(invalid(path, feature, `invalid feature name ${JSON.stringify(feature)}: ${FEATURE_FORM}`))
    if (i > 0 && before === feature) errors.push(duplicate(path, feature))
    else if (i > 0 && before > feature) errors.push(invalid(path, feature, 'list must be sorted alphabetically'))
  }
  const seen = new Set<string>()
  for (const [i, { type = '', address = '' }] of (addresses ?? []).entries()) {
    if (seen.has(`${type}/${address}`))
      errors.push(duplicate(`status.addresses[${i}]`, { Type: type, Address: address }))
    seen.add(`${type}/${address}`)
  }
}

/** ValidateNodeUpdate, also of its status: pod CIDRs and provider ID, once set, stay. */
export function validateNodeUpdate(next: KubeObject, old: KubeObject): FieldError[] {
  const errors: Errors = []
  if (next.status && next.status !== old.status) checkNodeStatus(errors, next.status)
  const [spec, before] = [next.spec ?? {}, old.spec ?? {}]
  const cidrs: string[] = before.podCIDRs ?? []
  const changed = cidrs.length !== (spec.podCIDRs?.length ?? 0) || cidrs.some((c, i) => c !== spec.podCIDRs[i])
  if (cidrs.length && (changed || (spec.podCIDR && spec.podCIDR !== before.podCIDR))) {
    errors.push(forbidden('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid'))
  }
  if (before.providerID && before.providerID !== spec.providerID) {
    errors.push(forbidden('spec.providerID', 'node updates may not change providerID except from "" to valid'))
  }
  checkTaints(errors, spec.taints)
  return errors
}

/** ValidateNamespace: finalizers have names that somebody can own. */
export function validateNamespace({ spec }: KubeObject): FieldError[] {
  const errors: Errors = []
  for (const finalizer of spec?.finalizers ?? []) {
    addInvalid(errors, 'spec.finalizers', finalizer, isQualifiedName(finalizer))
    if (!finalizer.includes('/') && !['kubernetes', 'orphan', 'foregroundDeletion'].includes(finalizer)) {
      const sentence = 'name is neither a standard finalizer name nor is it fully qualified'
      errors.push(invalid('spec.finalizers', finalizer, sentence))
    }
  }
  return errors
}

/** ValidateNamespaceStatusUpdate: its phase says whether it is being deleted. */
export function validateNamespaceStatus({ metadata, status }: KubeObject): FieldError[] {
  const phase = status?.phase ?? ''
  const [expected, when] = metadata.deletionTimestamp ? ['Terminating', 'not empty'] : ['Active', 'empty']
  if (phase === expected) return []
  return [invalid('status.Phase', phase, `may only be '${expected}' if \`deletionTimestamp\` is ${when}`)]
}

const USAGES = [
  'any',
  'cert sign',
  'client auth',
  'code signing',
  'content commitment',
  'crl sign',
  'data encipherment',
  'decipher only',
  'digital signature',
  'email protection',
  'encipher only',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'key agreement',
  'key encipherment',
  'microsoft sgc',
  'netscape sgc',
  'ocsp signing',
  's/mime',
  'server auth',
  'signing',
  'timestamping',
]

/** What the request of a CSR says of itself; its contents are for pki to read. */
export function validateSigningRequest({ spec }: KubeObject): FieldError[] {
  const errors: Errors = []
  const pem = atob(spec.request ?? '')
  if (!/-----BEGIN (NEW )?CERTIFICATE REQUEST-----/.test(pem)) {
    errors.push(invalid('spec.request', spec.request ?? null, 'PEM block type must be CERTIFICATE REQUEST'))
  }
  if (!spec.usages?.length) errors.push(required('spec.usages'))
  const seen = new Set<string>()
  for (const [i, usage] of (spec.usages ?? []).entries()) {
    if (!USAGES.includes(usage)) errors.push(notSupported(`spec.usages[${i}]`, usage, USAGES))
    if (seen.has(usage)) errors.push(duplicate(`spec.usages[${i}]`, usage))
    seen.add(usage)
  }
  const { signerName = '' } = spec
  if (signerName === 'kubernetes.io/legacy-unknown') {
    errors.push(invalid('spec.signerName', signerName, 'the legacy signerName is not allowed via this API version'))
  } else checkSignerName(errors, 'spec.signerName', signerName)
  if (spec.expirationSeconds < 600) {
    const sentence = 'may not specify a duration less than 600 seconds (10 minutes)'
    errors.push(invalid('spec.expirationSeconds', spec.expirationSeconds, sentence))
  }
  return errors
}
