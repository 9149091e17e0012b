import { type FieldError, invalid, required } from '../errors.ts'
import { isQualifiedName, isSubdomain } from '../names.ts'
import type { KubeObject } from '../object.ts'
import type { Errors } from './checks.ts'

/** Models legacyValidateEvent: all that core/v1 asks of an Event. `component` is how the group calls the reporter. */
export function validateEvent(event: KubeObject, component = 'reportingComponent'): FieldError[] {
  const errors: FieldError[] = []
  const { involvedObject = {}, eventTime, reportingInstance = '', action = '', reason = '', message = '' } = event
  const namespace = event.metadata.namespace ?? ''
  const about = involvedObject.namespace ?? ''
  const mismatch = () => {
    errors.push(invalid('involvedObject.namespace', about, 'does not match event.namespace'))
  }
  if (!eventTime) {
    if (about ? namespace !== about : namespace && namespace !== 'default') mismatch()
  } else {
    if (!about && namespace !== 'default' && namespace !== 'kube-system') mismatch()
    const reporter: string = event.reportingComponent ?? ''
    if (!reporter) errors.push(required(component))
    for (const problem of isQualifiedName(reporter)) errors.push(invalid(component, reporter, problem))
    if (!reportingInstance) errors.push(required('reportingInstance'))
    if (!action) errors.push(required('action'))
    if (!reason) errors.push(required('reason'))
    limit(errors, 'reportingInstance', reportingInstance, 128)
    limit(errors, 'action', action, 128)
    limit(errors, 'reason', reason, 128)
    limit(errors, 'message', message, 1024)
  }
  for (const problem of isSubdomain(namespace)) errors.push(invalid('namespace', namespace, problem))
  return errors
}

function limit(errors: Errors, path: string, value: string, most: number): void {
  if (value.length > most) errors.push(invalid(path, '', `can have at most ${most} characters`))
}

/** What events.k8s.io asks besides. */
export function validateStrictEvent(event: KubeObject): FieldError[] {
  const errors = validateEvent(event, 'reportingController')
  if (!event.eventTime) errors.push(required('eventTime'))
  if (event.type !== 'Normal' && event.type !== 'Warning') {
    errors.push(invalid('type', '', `has invalid value: ${event.type ?? ''}`))
  }
  const unset = (path: string, set: unknown) => {
    if (set) errors.push(invalid(path, '', 'needs to be unset'))
  }
  unset('firstTimestamp', event.firstTimestamp)
  unset('lastTimestamp', event.lastTimestamp)
  unset('count', event.count)
  unset('source', event.source?.component || event.source?.host)
  return errors
}
