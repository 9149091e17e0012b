import { type FieldError, forbidden, invalid, notSupported, required, sorted } from '../errors.ts'
import { isLabel, isLabelValue, isPort, isPortName, isQualifiedName, NEGATIVE } from '../names.ts'
import { givenEmpty } from '../schema/decode.ts'

/** Errors found so far; validators add to it. */
export type Errors = FieldError[]

/** Adds one Invalid per message. */
export function addInvalid(errors: Errors, path: string, value: unknown, messages: readonly string[]): void {
  for (const message of messages) errors.push(invalid(path, value, message))
}

/** A qualified name, as label keys are. */
export const checkLabelName = (errors: Errors, path: string, name: string): void =>
  addInvalid(errors, path, name, isQualifiedName(name))

/** An RFC 1123 label. */
export const checkDnsLabel = (errors: Errors, path: string, value: string): void =>
  addInvalid(errors, path, value, isLabel(value))

/** A value that must be there and be one of the given. */
export function checkOneOf(errors: Errors, path: string, value: unknown, supported: readonly string[]): void {
  if (value === undefined || value === null || value === '') errors.push(required(path))
  else if (!supported.includes(value as string)) errors.push(notSupported(path, value, supported))
}

/** An optional value that must be one of the given. */
export function checkSupported(errors: Errors, path: string, value: unknown, supported: readonly string[]): void {
  if (value !== undefined && !supported.includes(value as string)) errors.push(notSupported(path, value, supported))
}

/** Nothing, 0 or more. */
export function checkNonNegative(errors: Errors, path: string, value: number | undefined): void {
  if (value !== undefined && value < 0) errors.push(invalid(path, value, NEGATIVE))
}

/** More than 0; nothing counts as 0. */
export function checkPositive(errors: Errors, path: string, value: number | undefined): void {
  if (!value || value <= 0) errors.push(invalid(path, value ?? 0, 'must be greater than zero'))
}

/** ValidatePortNumOrName; a missing port is 0. */
export function checkPortOrName(errors: Errors, path: string, port: string | number | undefined): void {
  if (typeof port === 'string') addInvalid(errors, path, port, isPortName(port))
  else addInvalid(errors, path, port ?? 0, isPort(port ?? 0))
}

/**
 * Members of a union: the first one given is validated, others are Forbidden. Returns how many were given.
 */
export function checkUnion(
  errors: Errors,
  path: string,
  owner: any,
  members: readonly (readonly [name: string, check: (value: any, path: string) => void])[],
  tooMany: string,
): number {
  let count = 0
  for (const [name, check] of members) {
    const value = owner[name]
    if (value === undefined || value === null) continue
    if (count) errors.push(forbidden(`${path}.${name}`, tooMany))
    else {
      count++
      check(value, `${path}.${name}`)
    }
  }
  return count
}

/** metav1 ValidateLabelSelector */
export function checkLabelSelector(errors: Errors, path: string, selector: any): void {
  if (!selector) return
  for (const key in selector.matchLabels) {
    checkLabelName(errors, `${path}.matchLabels`, key)
    addInvalid(errors, `${path}.matchLabels`, selector.matchLabels[key], isLabelValue(selector.matchLabels[key]))
  }
  for (const [i, expression] of (selector.matchExpressions ?? []).entries()) {
    const at = `${path}.matchExpressions[${i}]`
    checkSelectorOperator(errors, at, expression)
    checkLabelName(errors, `${at}.key`, expression.key ?? '')
    for (const [j, value] of (expression.values ?? []).entries()) {
      addInvalid(errors, `${at}.values[${j}]`, value, isLabelValue(value))
    }
  }
}

/** Whether metav1.LabelSelectorAsSelector can make something of it. */
export function isSelector(selector: any): boolean {
  const errors: Errors = []
  checkLabelSelector(errors, '', selector)
  return errors.length === 0
}

/** `In` and `NotIn` need values, `Exists` and `DoesNotExist` have none. */
export function checkSelectorOperator(errors: Errors, path: string, { operator, values }: any): void {
  if (operator === 'In' || operator === 'NotIn') {
    if (!values?.length) {
      errors.push(required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'"))
    }
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values?.length) {
      errors.push(forbidden(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"))
    }
  } else errors.push(invalid(`${path}.operator`, operator ?? '', 'not a valid selector operator'))
}

/** A map as messages show it: Go knows one that is empty from one that is not there. */
export const shownMap = (owner: any, field: string): Record<string, string> | null =>
  owner?.[field] ? sorted(owner[field]) : owner && givenEmpty(owner, field) ? {} : null
