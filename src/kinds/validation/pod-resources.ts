import { quantityOf } from '../../print/index.ts'
import { containerTotal } from '../core/pod-total.ts'
import { forbidden, invalid, notSupported } from '../errors.ts'
import type { Errors } from './checks.ts'
import { checkRequirements, checkResourceName, isHugePages } from './resources.ts'

const SUPPORTED = ['cpu', 'hugepages-', 'memory']

/** validatePodResources: what a pod asks for as a whole, next to what its containers ask for. */
export function checkPodResources(errors: Errors, path: string, spec: any): void {
  const { resources } = spec
  if (spec.os?.name === 'windows') {
    errors.push(forbidden(path, 'may not be set for a windows pod'))
    return
  }
  if (resources.claims) errors.push(forbidden(`${path}.claims`, 'claims may not be set for Resources at pod-level'))
  checkRequirements(errors, path, resources, checkName)
  for (const [name, total] of Object.entries(containerTotal(spec, 'requests'))) {
    const own = resources.requests?.[name]
    if (own !== undefined && total.compare(quantityOf(own)) > 0) {
      const sentence = `must be greater than or equal to aggregate container requests of ${total}`
      errors.push(invalid(`${path}.requests[${name}]`, own, sentence))
    }
  }
  for (const [name, total] of Object.entries(containerTotal(spec, 'limits'))) {
    const own = resources.limits?.[name]
    if (isHugePages(name) && own !== undefined && total.compare(quantityOf(own)) > 0) {
      const sentence = `must be greater than or equal to aggregate container limits of ${total}`
      errors.push(invalid(`${path}.limits[${name}]`, own, sentence))
    }
  }
  for (const [i, container] of (spec.containers ?? []).entries()) {
    const limits: Record<string, string> = container.resources?.limits ?? {}
    for (const [name, limit] of Object.entries(limits)) {
      const own = resources.limits?.[name]
      if (own === undefined || quantityOf(limit).compare(quantityOf(own)) <= 0) continue
      const at = `${path}.containers[${i}][${name}].limits`
      errors.push(invalid(at, limit, `must be less than or equal to pod limits of ${own}`))
    }
  }
}

/** validatePodResourceName */
function checkName(errors: Errors, path: string, name: string): void {
  const sound = checkResourceName(errors, path, name)
  if (sound && !['cpu', 'memory'].includes(name) && !isHugePages(name)) {
    errors.push(notSupported(path, name, SUPPORTED))
  }
}
