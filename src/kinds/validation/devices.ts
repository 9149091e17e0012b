import { Cel, CelSyntaxError, declare } from '../cel/index.ts'
import { duplicate, type FieldError, invalid, notSupported, required, tooLong, tooMany } from '../errors.ts'
import { internalJson } from '../internal.ts'
import { validateAnnotations, validateLabels } from '../meta.ts'
import { IMMUTABLE, isCIdentifier, isLabel, isLabelValue, isSubdomain } from '../names.ts'
import type { KubeObject } from '../object.ts'
import { same } from '../same.ts'
import { addInvalid, checkLabelName, type Errors } from './checks.ts'
import { checkDriverName } from './volume-sources.ts'

// Models pkg/apis/resource/validation: dynamic resource allocation.

const MAX_ITEMS = 32
const MAX_ALTERNATIVES = 8
const MAX_EXPRESSION = 10 * 1024
const ONE_OF = 'exactly one of `exactly` or `firstAvailable` is required'
const NAMES_A_REQUEST =
  "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'"

/** validateSet or validateSlice: too many are not looked at; those with a key are there once. */
function each<T>(
  errors: Errors,
  path: string,
  items: readonly T[] | undefined,
  check: (item: T, at: string) => void,
  keyOf?: (item: T) => string,
  max = MAX_ITEMS,
): void {
  if (!items) return
  if (items.length > max) {
    errors.push(tooMany(path, items.length, max))
    return
  }
  items.forEach((item, i) => {
    check(item, `${path}[${i}]`)
  })
  const seen = new Set<string>()
  if (keyOf)
    items.forEach((item, i) => {
      const key = keyOf(item)
      if (seen.has(key)) errors.push(duplicate(`${path}[${i}]`, key))
      seen.add(key)
    })
}

function checkSelectors(errors: Errors, path: string, selectors: any[] | undefined): void {
  each(errors, path, selectors, ({ cel }, at) => {
    if (!cel) errors.push(required(`${at}.cel`))
    else checkSelectorExpression(errors, `${at}.cel.expression`, cel.expression ?? '')
  })
}

function checkSelectorExpression(errors: Errors, path: string, expression: string): void {
  if (expression.length > MAX_EXPRESSION) {
    errors.push(tooLong(path, MAX_EXPRESSION))
    return
  }
  try {
    new Cel(expression, declare('device'))
  } catch (error) {
    if (!(error instanceof CelSyntaxError)) throw error
    errors.push(invalid(path, expression, `compilation failed: ${error.message}`))
  }
}

/** validateExactDeviceRequest, and what validateDeviceSubRequest shares with it. */
function checkWanted(errors: Errors, path: string, wanted: any): void {
  const { deviceClassName = '', selectors, allocationMode = '', count = 0, tolerations = [] } = wanted
  if (!deviceClassName) errors.push(required(`${path}.deviceClassName`))
  else addInvalid(errors, `${path}.deviceClassName`, deviceClassName, isSubdomain(deviceClassName))
  checkSelectors(errors, `${path}.selectors`, selectors)
  if (allocationMode === 'All') {
    if (count !== 0) errors.push(invalid(`${path}.count`, count, "must not be specified when allocationMode is 'All'"))
  } else if (allocationMode === 'ExactCount') {
    if (count <= 0) errors.push(invalid(`${path}.count`, count, 'must be greater than zero'))
  } else errors.push(notSupported(`${path}.allocationMode`, allocationMode, ['All', 'ExactCount']))
  for (const [i, toleration] of tolerations.entries()) checkToleration(errors, `${path}.tolerations[${i}]`, toleration)
}

function checkToleration(errors: Errors, path: string, { key, operator = '', value = '', effect }: any): void {
  if (key) checkLabelName(errors, `${path}.key`, key)
  if (operator === 'Exists') {
    if (value) errors.push(invalid(`${path}.value`, value, 'must be empty for operator `Exists`'))
  } else if (operator === 'Equal') addInvalid(errors, `${path}.value`, value, isLabelValue(value))
  else if (!operator) errors.push(required(`${path}.operator`))
  else errors.push(notSupported(`${path}.operator`, operator, ['Equal', 'Exists']))
  const effects = ['NoExecute', 'NoSchedule', 'None']
  if (effect && !effects.includes(effect)) errors.push(notSupported(`${path}.effect`, effect, effects))
}

function checkRequest(errors: Errors, path: string, { name = '', exactly, firstAvailable }: any): void {
  addInvalid(errors, `${path}.name`, name, isLabel(name))
  const several = Boolean(firstAvailable?.length)
  if (!several && !exactly) errors.push(required(path, ONE_OF))
  else if (several && exactly) errors.push(invalid(path, null, `${ONE_OF}, but multiple fields are set`))
  else if (exactly) checkWanted(errors, `${path}.exactly`, exactly)
  else
    each(
      errors,
      `${path}.firstAvailable`,
      firstAvailable,
      (wanted: any, at) => {
        addInvalid(errors, `${at}.name`, wanted.name ?? '', isLabel(wanted.name ?? ''))
        checkWanted(errors, at, wanted)
      },
      (wanted) => wanted.name ?? '',
      MAX_ALTERNATIVES,
    )
}

/** `request` or `request/subrequest` of those that the claim makes. */
function checkReferences(errors: Errors, path: string, names: string[] | undefined, known: Set<string>): void {
  const check = (name: string, at: string): void => {
    const parts = name.split('/')
    if (parts.length <= 2) for (const part of parts) addInvalid(errors, at, part, isLabel(part))
    if (!known.has(name)) errors.push(invalid(at, name, NAMES_A_REQUEST))
  }
  each(errors, path, names, check, (name) => name)
}

function checkAttribute(errors: Errors, path: string, name: string): void {
  const parts = name.split('/')
  const checkId = (id: string): void => {
    if (id.length > MAX_ITEMS) errors.push(tooLong(path, MAX_ITEMS))
    addInvalid(errors, path, id, isCIdentifier(id))
  }
  if (parts.length === 1) {
    checkId(name)
    errors.push(invalid(path, name, 'a fully qualified name must be a domain and a name separated by a slash'))
  } else if (parts.length === 2) {
    const [domain, id] = parts as [string, string]
    if (domain) checkDriverName(errors, path, domain)
    else errors.push(invalid(path, '', 'the domain must not be empty'))
    if (id) checkId(id)
    else errors.push(invalid(path, '', 'the name must not be empty'))
  }
}

function checkConstraint(errors: Errors, path: string, constraint: any, known: Set<string>): void {
  const { requests, matchAttribute, distinctAttribute } = constraint
  checkReferences(errors, `${path}.requests`, requests, known)
  if (matchAttribute !== undefined) checkAttribute(errors, `${path}.matchAttribute`, matchAttribute)
  else if (distinctAttribute !== undefined) checkAttribute(errors, `${path}.distinctAttribute`, distinctAttribute)
  else {
    const text = 'exactly one of "matchAttribute" or "distinctAttribute" is required, but multiple fields are set'
    errors.push(required(path, text))
  }
}

function checkConfiguration(errors: Errors, path: string, { opaque }: any): void {
  if (!opaque) {
    errors.push(required(`${path}.opaque`))
    return
  }
  const { driver = '', parameters } = opaque
  checkDriverName(errors, `${path}.opaque.driver`, driver)
  const at = `${path}.opaque.parameters`
  if (parameters === undefined || parameters === null) errors.push(required(at))
  else if (typeof parameters !== 'object' || Array.isArray(parameters))
    errors.push(invalid(at, '<value omitted>', 'must be a valid JSON object'))
}

function checkClaimSpec(errors: Errors, path: string, spec: any): void {
  const { requests, constraints, config } = spec?.devices ?? {}
  const known = new Set<string>()
  for (const { name = '', firstAvailable } of requests ?? []) {
    known.add(name)
    for (const one of firstAvailable ?? []) known.add(`${name}/${one.name}`)
  }
  const nameOf = (request: any): string => request.name ?? ''
  each(errors, `${path}.requests`, requests, (request, at) => checkRequest(errors, at, request), nameOf)
  each(errors, `${path}.constraints`, constraints, (one, at) => checkConstraint(errors, at, one, known))
  each(errors, `${path}.config`, config, (one: any, at) => {
    checkReferences(errors, `${at}.requests`, one.requests, known)
    checkConfiguration(errors, at, one)
  })
}

/** ValidateResourceClaim. */
export function validateResourceClaim({ spec }: KubeObject): FieldError[] {
  const errors: Errors = []
  checkClaimSpec(errors, 'spec.devices', spec)
  return errors
}

/** ValidateResourceClaimUpdate: nothing is changed, and nothing else looked at. */
export const validateResourceClaimUpdate = (next: KubeObject, old: KubeObject): FieldError[] =>
  same(next.spec, old.spec) ? [] : [invalid('spec', internalJson('ResourceClaimSpec', next.spec ?? {}), IMMUTABLE)]

/** ValidateResourceClaimTemplate. */
export function validateResourceClaimTemplate({ spec = {} }: KubeObject): FieldError[] {
  const errors: Errors = []
  errors.push(...validateAnnotations(spec.metadata?.annotations, 'spec.metadata.annotations'))
  errors.push(...validateLabels(spec.metadata?.labels, 'spec.metadata.labels'))
  checkClaimSpec(errors, 'spec.spec.devices', spec.spec)
  return errors
}

/** ValidateResourceClaimTemplateUpdate. */
export function validateResourceClaimTemplateUpdate(next: KubeObject, old: KubeObject): FieldError[] {
  if (same(next.spec, old.spec)) return []
  return [invalid('spec', internalJson('ResourceClaimTemplateSpec', next.spec ?? {}), IMMUTABLE)]
}

/** ValidateDeviceClass. */
export function validateDeviceClass({ spec = {} }: KubeObject): FieldError[] {
  const errors: Errors = []
  checkSelectors(errors, 'spec.selectors', spec.selectors)
  each(errors, 'spec.config', spec.config, (one, at) => checkConfiguration(errors, at, one))
  return errors
}
