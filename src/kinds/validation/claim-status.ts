import { amount } from '../amount.ts'
import { type FieldError, invalid, notSupported } from '../errors.ts'
import { isQualifiedName } from '../names.ts'
import type { KubeObject } from '../object.ts'
import { addInvalid, type Errors } from './checks.ts'
import { checkAmount } from './resources.ts'

const RESIZES = [
  'ControllerResizeInProgress',
  'ControllerResizeInfeasible',
  'NodeResizeInProgress',
  'NodeResizeInfeasible',
  'NodeResizePending',
]

/** ValidatePersistentVolumeClaimStatusUpdate (pkg/apis/core/validation) without the metadata. */
export function validateClaimStatus({ status }: KubeObject): FieldError[] {
  const errors: Errors = []
  const { capacity, allocatedResources: allocated, allocatedResourceStatuses: resizes } = status ?? {}
  for (const name in capacity) checkBasic(errors, `status.capacity[${name}]`, capacity[name])
  for (const name in resizes) {
    const path = 'status.allocatedResourceStatuses'
    checkKey(errors, path, name)
    if (!RESIZES.includes(resizes[name])) errors.push(notSupported(path, name, RESIZES))
  }
  for (const name in allocated) {
    const path = 'status.allocatedResources'
    if (!checkKey(errors, path, name)) continue
    if (checkBasic(errors, `${path}[${name}]`, allocated[name]))
      checkAmount(errors, `${path}[${name}]`, 'storage', allocated[name])
  }
  return errors
}

const UNIT = 1_000_000_000n

function checkBasic(errors: Errors, path: string, quantity: string): boolean {
  if (amount(quantity) >= 0n) return true
  errors.push(invalid(path, Number(amount(quantity) / UNIT), 'must be a valid resource quantity'))
  return false
}

/** Of the resources that Kubernetes knows itself only storage. */
function checkKey(errors: Errors, path: string, name: string): boolean {
  const problems = isQualifiedName(name)
  addInvalid(errors, path, name, problems)
  if (problems.length) return false
  const native = !name.includes('/') || name.includes('kubernetes.io/')
  if (!native || name === 'storage') return true
  errors.push(notSupported(path, name, ['storage']))
  return false
}
