import { isLabelValue } from '../names.ts'
import { visit } from '../validation/pod-os.ts'
import { fractionWarnings } from './claim.ts'
import { volumeWarnings } from './volumes.ts'

/** Labels of nodes that went out of use; models pkg/api/node/util.go. */
const NODE_LABELS: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
  'app.kubernetes.io/created-by': 'deprecated since v1.9',
  'scheduler.alpha.kubernetes.io/preferAvoidPods': 'deprecated since v1.22; use Taints and Tolerations instead',
  'node-role.kubernetes.io/master': 'use "node-role.kubernetes.io/control-plane" instead',
}

const ANNOTATIONS: readonly (readonly [string, string])[] = [
  ['scheduler.alpha.kubernetes.io/critical-pod', 'non-functional in v1.16+; use the "priorityClassName" field instead'],
  ['security.alpha.kubernetes.io/sysctls', 'non-functional in v1.11+; use the "sysctls" field instead'],
  ['security.alpha.kubernetes.io/unsafe-sysctls', 'non-functional in v1.11+; use the "sysctls" field instead'],
]

const SECCOMP = 'non-functional in v1.27+; use the "seccompProfile" field instead'
const NO_SELECTOR = 'a null labelSelector results in matching no pod'

/**
 * What is allowed in a pod, or below `at` ("spec.template") in a pod template, and yet hardly meant. Models
 * pkg/api/pod/warnings.go.
 */
export function templateWarnings(template: any, at = ''): string[] {
  const warnings: string[] = []
  const spec = template.spec
  const prefix = at ? `${at}.` : ''
  const path = `${prefix}spec`
  for (const key in spec.nodeSelector) {
    if (NODE_LABELS[key]) warnings.push(`${path}.nodeSelector[${key}]: ${NODE_LABELS[key]}`)
  }
  if (spec.affinity) nodeAffinityWarnings(warnings, `${path}.affinity.nodeAffinity`, spec.affinity.nodeAffinity)
  spec.topologySpreadConstraints?.forEach((constraint: any, i: number) => {
    const here = `${path}.topologySpreadConstraints[${i}]`
    const old = NODE_LABELS[constraint.topologyKey]
    if (old) warnings.push(`${here}.topologyKey: ${constraint.topologyKey} is ${old}`)
    if (!constraint.labelSelector) warnings.push(`${here}.labelSelector: ${NO_SELECTOR}`)
  })
  const annotations = template.metadata?.annotations ?? {}
  for (const [key, text] of ANNOTATIONS) {
    if (key in annotations) warnings.push(`${prefix}metadata.annotations[${key}]: ${text}`)
  }
  if (spec.volumes) volumeWarnings(warnings, `${path}.volumes`, spec.volumes)
  if (spec.hostAliases) duplicates(warnings, `${path}.hostAliases`, spec.hostAliases, 'ip')
  if (spec.imagePullSecrets) {
    duplicates(warnings, `${path}.imagePullSecrets`, spec.imagePullSecrets, 'name')
    spec.imagePullSecrets.forEach((item: any, i: number) => {
      if (!item.name) warnings.push(`${path}.imagePullSecrets[${i}].name: invalid empty name ""`)
    })
  }
  fractionWarnings(warnings, `${path}.overhead`, spec.overhead, 'memory', 'ephemeral-storage')
  const seccompPod = 'seccomp.security.alpha.kubernetes.io/pod'
  if (!spec.securityContext?.seccompProfile && seccompPod in annotations) {
    warnings.push(`${prefix}metadata.annotations[${seccompPod}]: ${SECCOMP}`)
  }
  const containers = containersOf(spec, path)
  for (const { container, here } of containers) {
    const key = `container.seccomp.security.alpha.kubernetes.io/${container.name}`
    if (!container.securityContext?.seccompProfile && key in annotations) {
      warnings.push(`${prefix}metadata.annotations[${key}]: ${SECCOMP}`)
    }
    if (container.resources) {
      const { limits, requests } = container.resources
      for (const resource of ['memory', 'ephemeral-storage']) {
        fractionWarnings(warnings, `${here}.resources.limits`, limits, resource)
        fractionWarnings(warnings, `${here}.resources.requests`, requests, resource)
      }
    }
    if (container.env?.length > 1) envWarnings(warnings, `${here}.env`, container.env)
  }
  portWarnings(warnings, containers)
  if (spec.terminationGracePeriodSeconds < 0) {
    const text = 'must be >= 0; negative values are invalid and will be treated as 1'
    warnings.push(`${path}.terminationGracePeriodSeconds: ${text}`)
  }
  if (spec.affinity) {
    for (const kind of ['podAffinity', 'podAntiAffinity']) {
      podAffinityWarnings(warnings, `${path}.affinity.${kind}`, spec.affinity[kind])
    }
  }
  return warnings
}

interface At {
  readonly container: any
  readonly here: string
}

function containersOf(spec: any, path: string): At[] {
  const out: At[] = []
  visit(path, spec, (here, container) => out.push({ container, here }))
  return out
}

function duplicates(warnings: string[], path: string, items: readonly any[], key: string): void {
  const seen = new Set<string>()
  items.forEach((item, i) => {
    if (seen.has(item[key])) warnings.push(`${path}[${i}].${key}: duplicate ${key} ${JSON.stringify(item[key])}`)
    else seen.add(item[key])
  })
}

/** A variable that is set again; building on its former value is fine. */
function envWarnings(warnings: string[], path: string, env: readonly any[]): void {
  const seen = new Set<string>()
  env.forEach((item, i) => {
    const reference = `$(${item.name})`
    const value = item.value ?? ''
    if (!seen.has(item.name)) seen.add(item.name)
    else if (item.valueFrom || value === reference || !value.includes(reference)) {
      const text = `hides previous definition of ${JSON.stringify(item.name)}, which may be dropped when using apply`
      warnings.push(`${path}[${i}]: ${text}`)
    }
  })
}

function portWarnings(warnings: string[], containers: readonly At[]): void {
  const byPort = new Map<string, { at: string; port: any }[]>()
  const byName = new Map<string, string>()
  const named: string[] = []
  for (const { container, here } of containers) {
    container.ports?.forEach((port: any, i: number) => {
      const at = `${here}.ports[${i}]`
      const { hostIP = '', hostPort = 0, name = '', containerPort = 0, protocol = '' } = port
      if (hostIP && !hostPort) {
        const struct = `{Name:${name} HostPort:0 ContainerPort:${containerPort} Protocol:${protocol} HostIP:${hostIP}}`
        warnings.push(`${at}: hostIP set without hostPort: ${struct}`)
      }
      const key = `${containerPort}/${protocol}`
      const others = byPort.get(key) ?? []
      for (const other of others) {
        const otherIP = other.port.hostIP ?? ''
        const otherPort = other.port.hostPort ?? 0
        if (hostIP === otherIP && hostPort === otherPort) {
          warnings.push(`${at}: duplicate port definition with ${other.at}`)
        } else if (!hostPort || !otherPort) warnings.push(`${at}: overlapping port definition with ${other.at}`)
        else if (hostPort === otherPort && !hostIP !== !otherIP) {
          warnings.push(`${at}: dangerously ambiguous port definition with ${other.at}`)
        }
      }
      byPort.set(key, [...others, { at, port }])
      if (!name) return
      const first = byName.get(name)
      if (!first) byName.set(name, at)
      else {
        const use = `services and probes that select ports by name will use ${first}`
        named.push(`${at}: duplicate port name ${JSON.stringify(name)} with ${first}, ${use}`)
      }
    })
  }
  warnings.push(...named)
}

function nodeAffinityWarnings(warnings: string[], path: string, affinity: any): void {
  const term = (given: any, here: string, weighted: boolean) => {
    given?.matchExpressions?.forEach((expression: any, i: number) => {
      const old = NODE_LABELS[expression.key]
      if (old) warnings.push(`${here}.matchExpressions[${i}].key: ${expression.key} is ${old}`)
      if (!weighted) return
      expression.values?.forEach((value: string, j: number) => {
        for (const problem of isLabelValue(value)) {
          warnings.push(`${here}.matchExpressions[${i}].values[${j}]: ${value} is invalid, ${problem}`)
        }
      })
    })
  }
  const required = 'requiredDuringSchedulingIgnoredDuringExecution'
  const preferred = 'preferredDuringSchedulingIgnoredDuringExecution'
  affinity?.[required]?.nodeSelectorTerms?.forEach((given: any, i: number) => {
    term(given, `${path}.${required}.nodeSelectorTerms[${i}]`, false)
  })
  affinity?.[preferred]?.forEach((given: any, i: number) => {
    term(given.preference, `${path}.${preferred}[${i}].preference`, true)
  })
}

function podAffinityWarnings(warnings: string[], path: string, affinity: any): void {
  const required = 'requiredDuringSchedulingIgnoredDuringExecution'
  const preferred = 'preferredDuringSchedulingIgnoredDuringExecution'
  affinity?.[required]?.forEach((given: any, i: number) => {
    if (!given.labelSelector) warnings.push(`${path}.${required}[${i}].labelSelector: ${NO_SELECTOR}`)
  })
  affinity?.[preferred]?.forEach((given: any, i: number) => {
    if (given.podAffinityTerm?.labelSelector) return
    warnings.push(`${path}.${preferred}[${i}].podAffinityTerm.labelSelector: ${NO_SELECTOR}`)
  })
}
