import { duplicate, forbidden, invalid, notSupported, required } from '../errors.ts'
import { isLabel, isLabelValue, isQualifiedName, isSubdomain } from '../names.ts'
import {
  addInvalid,
  checkLabelName,
  checkLabelSelector,
  checkPositive,
  checkSelectorOperator,
  checkSupported,
  type Errors,
} from './checks.ts'

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution'
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution'
const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

/** validateAffinity (pkg/apis/core/validation). */
export function checkAffinity(errors: Errors, path: string, affinity: any): void {
  if (!affinity) return
  const { nodeAffinity, podAffinity, podAntiAffinity } = affinity
  if (nodeAffinity) {
    const at = `${path}.nodeAffinity`
    if (nodeAffinity[REQUIRED]) checkNodeSelector(errors, `${at}.${REQUIRED}`, nodeAffinity[REQUIRED])
    for (const [i, { weight, preference }] of (nodeAffinity[PREFERRED] ?? []).entries()) {
      checkWeight(errors, `${at}.${PREFERRED}[${i}].weight`, weight)
      checkNodeSelectorTerm(errors, `${at}.${PREFERRED}[${i}].preference`, preference, false)
    }
  }
  if (podAffinity) checkPodTerms(errors, `${path}.podAffinity`, podAffinity)
  if (podAntiAffinity) checkPodTerms(errors, `${path}.podAntiAffinity`, podAntiAffinity)
}

function checkWeight(errors: Errors, path: string, weight = 0): void {
  if (weight <= 0 || weight > 100) errors.push(invalid(path, weight, 'must be in the range 1-100'))
}

/** ValidateNodeSelector */
export function checkNodeSelector(errors: Errors, path: string, selector: any): void {
  const terms: any[] = selector.nodeSelectorTerms ?? []
  if (!terms.length) {
    errors.push(required(`${path}.nodeSelectorTerms`, 'must have at least one node selector term'))
  }
  for (const [i, term] of terms.entries()) {
    checkNodeSelectorTerm(errors, `${path}.nodeSelectorTerms[${i}]`, term, true)
  }
}

function checkNodeSelectorTerm(errors: Errors, path: string, term: any = {}, checkValues: boolean): void {
  for (const [i, expression] of (term.matchExpressions ?? []).entries()) {
    const at = `${path}.matchExpressions[${i}]`
    const { key = '', operator, values } = expression
    if (operator === 'Gt' || operator === 'Lt') {
      if (values?.length !== 1) {
        errors.push(required(`${at}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'"))
      }
    } else checkSelectorOperator(errors, at, expression)
    checkLabelName(errors, `${at}.key`, key)
    if (!checkValues) continue
    for (const [j, value] of (values ?? []).entries()) {
      addInvalid(errors, `${at}.values[${j}]`, value, isLabelValue(value))
    }
  }
  for (const [i, { key = '', operator, values = [] }] of (term.matchFields ?? []).entries()) {
    const at = `${path}.matchFields[${i}]`
    if (operator !== 'In' && operator !== 'NotIn') {
      errors.push(invalid(`${at}.operator`, operator ?? '', 'not a valid selector operator'))
    } else if (values.length !== 1) {
      const sentence = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"
      errors.push(required(`${at}.values`, sentence))
    }
    if (key !== 'metadata.name') errors.push(invalid(`${at}.key`, key, 'not a valid field selector key'))
    else for (const [j, v] of values.entries()) addInvalid(errors, `${at}.values[${j}]`, v, isSubdomain(v))
  }
}

function checkPodTerms(errors: Errors, path: string, affinity: any): void {
  for (const [i, term] of (affinity[REQUIRED] ?? []).entries()) {
    checkPodTerm(errors, `${path}.${REQUIRED}[${i}]`, term)
  }
  for (const [i, { weight, podAffinityTerm = {} }] of (affinity[PREFERRED] ?? []).entries()) {
    checkWeight(errors, `${path}.${PREFERRED}[${i}].weight`, weight)
    checkPodTerm(errors, `${path}.${PREFERRED}[${i}].podAffinityTerm`, podAffinityTerm)
  }
}

function checkPodTerm(errors: Errors, path: string, term: any): void {
  checkLabelSelector(errors, `${path}.labelSelector`, term.labelSelector)
  checkLabelSelector(errors, `${path}.namespaceSelector`, term.namespaceSelector)
  for (const name of term.namespaces ?? []) addInvalid(errors, `${path}.namespace`, name, isLabel(name))
  checkLabelKeys(errors, path, term)
  const key: string = term.topologyKey ?? ''
  if (!key) errors.push(required(`${path}.topologyKey`, 'can not be empty'))
  checkLabelName(errors, `${path}.topologyKey`, key)
}

/** ValidateMatchLabelKeysAndMismatchLabelKeys; what is both a key and in the selector is left to the merge of both. */
function checkLabelKeys(errors: Errors, path: string, term: any): void {
  for (const list of ['matchLabelKeys', 'mismatchLabelKeys']) {
    const keys: string[] = term[list] ?? []
    if (keys.length && !term.labelSelector) {
      errors.push(forbidden(`${path}.${list}`, 'must not be specified when labelSelector is not set'))
      continue
    }
    for (const [i, key] of keys.entries()) checkLabelName(errors, `${path}.${list}[${i}]`, key)
  }
  for (const [i, key] of (term.matchLabelKeys ?? []).entries()) {
    if (!term.mismatchLabelKeys?.includes(key)) continue
    errors.push(invalid(`${path}.matchLabelKeys[${i}]`, key, 'exists in both matchLabelKeys and mismatchLabelKeys'))
  }
}

/** ValidateTolerations */
export function checkTolerations(errors: Errors, path: string, tolerations: any[]): void {
  for (let i = 0; i < tolerations.length; i++) {
    const { key, operator = '', value = '', effect = '', tolerationSeconds } = tolerations[i]
    const at = `${path}[${i}]`
    if (key) checkLabelName(errors, `${at}.key`, key)
    else if (operator !== 'Exists') {
      const sentence = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'
      errors.push(invalid(`${at}.operator`, operator, sentence))
    }
    if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
      errors.push(invalid(`${at}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"))
    }
    if (operator === 'Exists') {
      if (value) {
        errors.push(invalid(`${at}.operator`, value, "value must be empty when `operator` is 'Exists'"))
      }
    } else if (operator === 'Equal' || operator === '') {
      const messages = isLabelValue(value)
      if (messages.length) errors.push(invalid(`${at}.operator`, value, messages.join(';')))
    } else {
      const known = operator === 'Lt' || operator === 'Gt'
      const supported = known ? ['Equal', 'Exists', 'Lt', 'Gt'] : ['Equal', 'Exists']
      errors.push(notSupported(`${at}.operator`, operator, supported))
    }
    if (effect && !EFFECTS.includes(effect)) errors.push(notSupported(`${at}.effect`, effect, EFFECTS))
  }
}

/** validateTaintEffect of a taint, which must have one. */
export function checkTaintEffect(errors: Errors, path: string, effect: string | undefined): void {
  if (!effect) errors.push(required(path))
  else if (!EFFECTS.includes(effect)) errors.push(notSupported(path, effect, EFFECTS))
}

/** validateTopologySpreadConstraints. */
export function checkSpread(errors: Errors, path: string, constraints: any[] | undefined): void {
  if (!constraints) return
  const actions = ['DoNotSchedule', 'ScheduleAnyway']
  for (const [i, constraint] of constraints.entries()) {
    const at = `${path}[${i}]`
    const { topologyKey = '', whenUnsatisfiable = '', minDomains } = constraint
    checkPositive(errors, `${at}.maxSkew`, constraint.maxSkew)
    if (!topologyKey) errors.push(required(`${at}.topologyKey`, 'can not be empty'))
    if (!actions.includes(whenUnsatisfiable)) {
      errors.push(notSupported(`${at}.whenUnsatisfiable`, whenUnsatisfiable, actions))
    }
    const again = constraints
      .slice(i + 1)
      .some((c) => c.topologyKey === topologyKey && c.whenUnsatisfiable === whenUnsatisfiable)
    if (again) {
      errors.push(duplicate(`${at}.{topologyKey, whenUnsatisfiable}`, `{${topologyKey}, ${whenUnsatisfiable}}`))
    }
    if (minDomains !== undefined) {
      checkPositive(errors, `${at}.minDomains`, minDomains)
      if (whenUnsatisfiable !== 'DoNotSchedule') {
        const sentence = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`
        errors.push(invalid(`${at}.minDomains`, minDomains, sentence))
      }
    }
    checkSupported(errors, `${at}.nodeAffinityPolicy`, constraint.nodeAffinityPolicy, ['Honor', 'Ignore'])
    checkSupported(errors, `${at}.nodeTaintsPolicy`, constraint.nodeTaintsPolicy, ['Honor', 'Ignore'])
    checkLabelKeys(errors, at, constraint)
    checkLabelSelector(errors, `${at}.labelSelector`, constraint.labelSelector)
  }
}

/** Scheduling gates and readiness gates are qualified names. */
export function checkGates(errors: Errors, path: string, spec: any): void {
  for (const [i, { conditionType = '' }] of (spec.readinessGates ?? []).entries()) {
    addInvalid(errors, `${path}.readinessGates[${i}].conditionType`, conditionType, isQualifiedName(conditionType))
  }
  const seen = new Set<string>()
  for (const [i, { name = '' }] of (spec.schedulingGates ?? []).entries()) {
    addInvalid(errors, `${path}.schedulingGates[${i}]`, name, isQualifiedName(name))
    if (seen.has(name)) errors.push(duplicate(`${path}.schedulingGates[${i}]`, name))
    seen.add(name)
  }
}
