import { qosClass } from '../core/qos.ts'
import { specDiff } from '../diff.ts'
import { type FieldError, forbidden, invalid, required } from '../errors.ts'
import { toInternal } from '../internal.ts'
import { between } from '../names.ts'
import type { KubeObject } from '../object.ts'
import { same } from '../same.ts'
import type { Errors } from './checks.ts'
import { checkPodContent } from './pod-spec.ts'
import { checkTolerations } from './scheduling.ts'

const UPDATABLE = [
  '`spec.containers[*].image`',
  '`spec.initContainers[*].image`',
  '`spec.activeDeadlineSeconds`',
  '`spec.tolerations` (only additions to existing tolerations)',
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
].join(',')

const MAX_INT32 = 2147483647
const MIRROR = 'kubernetes.io/config.mirror'

/** ValidatePodSpecificAnnotationUpdates. */
export function checkMirror(errors: Errors, next: KubeObject, old: KubeObject): void {
  const had = old.metadata.annotations?.[MIRROR]
  if (next.metadata.annotations?.[MIRROR] === had) return
  const what = had === undefined ? 'add' : 'remove or update'
  errors.push(forbidden(`metadata.annotations[${MIRROR}]`, `may not ${what} mirror pod annotation`))
}

/** ValidatePodUpdate without the metadata. */
export function validatePodUpdate(next: KubeObject, old: KubeObject): FieldError[] {
  const errors: Errors = []
  checkMirror(errors, next, old)
  if (next.spec === old.spec) return errors
  checkPodContent(errors, next)
  for (const list of ['containers', 'initContainers']) {
    if (!checkContainers(errors, `spec.${list}`, next.spec[list] ?? [], old.spec[list] ?? [])) return errors
  }
  if (!checkDeadline(errors, next.spec.activeDeadlineSeconds, old.spec.activeDeadlineSeconds)) return errors
  checkAddedTolerations(errors, next.spec.tolerations ?? [], old.spec.tolerations ?? [])
  checkDeletedGates(errors, next.spec.schedulingGates ?? [], old.spec.schedulingGates ?? [])
  if (same(next.spec, old.spec)) return errors
  const munged = munge(next.spec, old.spec)
  if (!same(munged, old.spec)) {
    const diff = specDiff(toInternal('PodSpec', old.spec), toInternal('PodSpec', munged))
    errors.push(forbidden('spec', `pod updates may not change fields other than ${UPDATABLE}\n${diff}`))
  }
  return errors
}

function checkContainers(errors: Errors, path: string, next: any[], old: any[]): boolean {
  if (next.length !== old.length) {
    errors.push(forbidden(path, 'pod updates may not add or remove containers'))
    return false
  }
  for (const [i, { image }] of next.entries()) {
    const at = `${path}[${i}].image`
    if (!image) errors.push(required(at))
    else if (image !== image.trim()) errors.push(invalid(at, image, 'must not have leading or trailing whitespace'))
  }
  return true
}

function checkDeadline(errors: Errors, next: number | undefined, old: number | undefined): boolean {
  const path = 'spec.activeDeadlineSeconds'
  if (next === undefined) {
    if (old !== undefined) errors.push(invalid(path, null, 'must not update from a positive integer to nil value'))
    return true
  }
  if (next < 0 || next > MAX_INT32) errors.push(invalid(path, next, between(0, MAX_INT32)))
  else if (old !== undefined && old < next) {
    errors.push(invalid(path, next, 'must be less than or equal to previous value'))
  } else return true
  return false
}

function checkAddedTolerations(errors: Errors, next: any[], old: any[]): void {
  const withoutTime = ({ tolerationSeconds: _, ...rest }: any): any => rest
  for (const toleration of old) {
    if (!next.some((t) => same(withoutTime(t), withoutTime(toleration)))) {
      const sentence = 'existing toleration can not be modified except its tolerationSeconds'
      errors.push(forbidden('spec.tolerations', sentence))
      return
    }
  }
  checkTolerations(errors, 'spec.tolerations', next)
}

function checkDeletedGates(errors: Errors, next: any[], old: any[]): void {
  for (const [i, { name }] of next.entries()) {
    if (!old.some((gate) => gate.name === name)) {
      const sentence = `only deletion is allowed, but found new scheduling gate '${name}'`
      errors.push(forbidden(`spec.schedulingGates[${i}].name`, sentence))
    }
  }
}

/** The new spec with everything that may change put back. */
function munge(next: any, old: any): any {
  const munged = { ...next }
  for (const list of ['containers', 'initContainers']) {
    if (next[list]) munged[list] = next[list].map((c: any, i: number) => ({ ...c, image: old[list][i].image }))
  }
  for (const field of ['activeDeadlineSeconds', 'schedulingGates', 'tolerations']) munged[field] = old[field]
  if (old.terminationGracePeriodSeconds < 0 && next.terminationGracePeriodSeconds === 1) {
    munged.terminationGracePeriodSeconds = old.terminationGracePeriodSeconds
  }
  if (old.schedulingGates?.length) {
    munged.nodeSelector = old.nodeSelector
    munged.affinity = { ...munged.affinity, nodeAffinity: old.affinity?.nodeAffinity }
    if (!Object.values(munged.affinity).some(Boolean)) munged.affinity = undefined
  }
  return munged
}

/** ValidatePodEphemeralContainersUpdate without the metadata. */
export function validateEphemeralUpdate(next: KubeObject, old: KubeObject): FieldError[] {
  const errors: Errors = []
  checkPodContent(errors, next)
  if (old.metadata.annotations?.[MIRROR] !== undefined) {
    return [forbidden('', 'static pods do not support ephemeral containers')]
  }
  const path = 'spec.ephemeralContainers'
  for (const container of old.spec.ephemeralContainers ?? []) {
    const now = next.spec.ephemeralContainers?.find((c: any) => c.name === container.name)
    const name = JSON.stringify(container.name)
    if (!now) errors.push(forbidden(path, `existing ephemeral containers ${name} may not be removed\n`))
    else if (!same(now, container)) {
      const diff = specDiff(toInternal('EphemeralContainer', container), toInternal('EphemeralContainer', now))
      errors.push(forbidden(path, `existing ephemeral containers ${name} may not be changed\n${diff}`))
    }
  }
  return errors
}

const IMMUTABLE = 'only cpu and memory resources are mutable'

/** ValidatePodResize without the metadata. */
export function validatePodResize(next: KubeObject, old: KubeObject): FieldError[] {
  const errors: Errors = []
  checkPodContent(errors, next)
  if (old.metadata.annotations?.[MIRROR] !== undefined) return [forbidden('', 'static pods cannot be resized')]
  if (qosClass(next.spec) !== (old.status?.qosClass ?? qosClass(old.spec))) {
    const qos = next.status?.qosClass ?? old.status?.qosClass ?? ''
    errors.push(invalid('spec', qos, 'Pod QOS Class may not change as a result of resizing'))
  }
  const running = old.status?.containerStatuses?.find((c: any) => c.state?.running)
  if (running && !running.resources) {
    errors.push(forbidden('spec', 'Pod running on node without support for resize'))
  }
  for (const list of ['containers', 'initContainers']) {
    const before: any[] = old.spec[list] ?? []
    const after: any[] = next.spec[list] ?? []
    if (before.length !== after.length) {
      errors.push(forbidden(`spec.${list}`, `${list} may not be added or removed on resize`))
      return errors
    }
    for (const [i, { name }] of before.entries()) {
      if (name !== after[i].name) {
        errors.push(forbidden(`spec.${list}[${i}].name`, `${list} may not be renamed or reordered on resize`))
        return errors
      }
    }
  }
  for (const list of ['initContainers', 'containers']) checkResized(errors, list, next.spec[list], old.spec[list])
  return errors
}

function checkResized(errors: Errors, list: string, next: any[] = [], old: any[] = []): void {
  for (const [i, container] of old.entries()) {
    const path = `spec.${list}[${i}].resources`
    for (const part of ['requests', 'limits']) {
      const removed = Object.keys(container.resources?.[part] ?? {}).some(
        (name) => next[i].resources?.[part]?.[name] === undefined,
      )
      if (removed) errors.push(forbidden(`${path}.${part}`, `resource ${part} cannot be removed`))
    }
  }
  for (const [i, container] of next.entries()) {
    if (same(withoutCompute(container), withoutCompute(old[i]))) continue
    if (list === 'containers') errors.push(forbidden('spec', IMMUTABLE))
    else {
      const sentence = 'only cpu and memory resources for init or sidecar containers are mutable'
      errors.push(forbidden(`spec.${list}[${i}]`, sentence))
    }
  }
}

function withoutCompute(container: any): any {
  const { cpu: _c, memory: _m, ...requests } = container.resources?.requests ?? {}
  const { cpu: _d, memory: _n, ...limits } = container.resources?.limits ?? {}
  return { ...container, resizePolicy: undefined, resources: { ...container.resources, requests, limits } }
}
