import { duplicate, forbidden, invalid, notFound, notSupported, required, tooMany } from '../errors.ts'
import { isLabel, isPort, isPortName } from '../names.ts'
import { addInvalid, checkOneOf, type Errors } from './checks.ts'
import { checkEnv, checkEnvFrom } from './env.ts'
import { checkDevices, checkMounts } from './mounts.ts'
import { checkLifecycle, checkProbe } from './probe.ts'
import { checkResources } from './resources.ts'
import { checkSecurityContext } from './security.ts'

const PROTOCOLS = ['SCTP', 'TCP', 'UDP']
const POLICIES = ['Always', 'Never', 'OnFailure']
const SIDECAR_ONLY = 'may not be set for init containers without restartPolicy=Always'

/** What the containers of one pod share. */
interface PodView {
  readonly spec: any
  readonly volumes: ReadonlyMap<string, any>
}

/** validateContainerCommon */
function checkCommon(errors: Errors, path: string, container: any, { spec, volumes }: PodView): void {
  if (!container.name) errors.push(required(`${path}.name`))
  else addInvalid(errors, `${path}.name`, container.name, isLabel(container.name))
  if (!container.image) errors.push(required(`${path}.image`))
  checkOneOf(errors, `${path}.terminationMessagePolicy`, container.terminationMessagePolicy, [
    'File',
    'FallbackToLogsOnError',
  ])
  if (container.ports) checkPorts(errors, `${path}.ports`, container.ports)
  checkEnv(errors, `${path}.env`, container.env)
  checkEnvFrom(errors, `${path}.envFrom`, container.envFrom)
  checkMounts(errors, `${path}.volumeMounts`, container, volumes)
  checkDevices(errors, `${path}.volumeDevices`, container, volumes)
  checkOneOf(errors, `${path}.imagePullPolicy`, container.imagePullPolicy, ['Always', 'IfNotPresent', 'Never'])
  checkResources(errors, `${path}.resources`, container.resources)
  if (container.resizePolicy) checkResizePolicy(errors, `${path}.resizePolicy`, container.resizePolicy, spec)
  checkSecurityContext(errors, `${path}.securityContext`, container.securityContext, spec.hostUsers !== false)
}

function checkPorts(errors: Errors, path: string, ports: any[]): void {
  const names = new Set<string>()
  for (let i = 0; i < ports.length; i++) {
    const { name, containerPort, hostPort, protocol } = ports[i]
    const at = `${path}[${i}]`
    if (name) {
      const messages = isPortName(name)
      if (messages.length) addInvalid(errors, `${at}.name`, name, messages)
      else if (names.has(name)) errors.push(duplicate(`${at}.name`, name))
      else names.add(name)
    }
    if (!containerPort) errors.push(required(`${at}.containerPort`))
    else addInvalid(errors, `${at}.containerPort`, containerPort, isPort(containerPort))
    if (hostPort) addInvalid(errors, `${at}.hostPort`, hostPort, isPort(hostPort))
    checkOneOf(errors, `${at}.protocol`, protocol, PROTOCOLS)
  }
}

function checkResizePolicy(errors: Errors, path: string, policies: any[], { restartPolicy }: any): void {
  const seen = new Set<string>()
  for (const [i, policy] of policies.entries()) {
    if (seen.has(policy.resourceName)) errors.push(duplicate(`${path}[${i}]`, policy.resourceName))
    seen.add(policy.resourceName)
    checkOneOf(errors, path, policy.resourceName, ['cpu', 'memory'])
    checkOneOf(errors, path, policy.restartPolicy, ['NotRequired', 'RestartContainer'])
    if (restartPolicy === 'Never' && policy.restartPolicy !== 'NotRequired') {
      const sentence = "must be 'NotRequired' when pod `restartPolicy` is 'Never'"
      errors.push(invalid(path, policy.restartPolicy, sentence))
    }
  }
}

/** validateContainerRestartPolicy, with rules. */
function checkRestartPolicy(errors: Errors, path: string, { restartPolicy, restartPolicyRules }: any): void {
  const rules: any[] = restartPolicyRules ?? []
  if (restartPolicy === undefined) {
    if (rules.length) {
      errors.push(required(`${path}.restartPolicy`, 'must specify restartPolicy when restart rules are used'))
    }
  } else if (!POLICIES.includes(restartPolicy)) {
    errors.push(notSupported(`${path}.restartPolicy`, restartPolicy, POLICIES))
  }
  if (rules.length > 20) errors.push(tooMany(`${path}.restartPolicyRules`, rules.length, 20))
  for (const [i, { action = '', exitCodes }] of rules.entries()) {
    const at = `${path}.restartPolicyRules[${i}]`
    const actions = ['Restart', 'RestartAllContainers']
    if (!actions.includes(action)) errors.push(notSupported(`${at}.action`, action, actions))
    if (!exitCodes) errors.push(required(`${at}.exitCodes`, 'must be specified'))
    else {
      const { operator = '', values = [] } = exitCodes
      const operators = ['In', 'NotIn']
      if (!operators.includes(operator)) {
        errors.push(notSupported(`${at}.exitCodes.operator`, operator, operators))
      }
      if (values.length > 255) errors.push(tooMany(`${at}.exitCodes.values`, values.length, 255))
    }
  }
}

/** validateContainers (pkg/apis/core/validation). */
export function checkContainers(errors: Errors, path: string, pod: PodView): void {
  const containers: any[] = pod.spec.containers ?? []
  if (!containers.length) {
    errors.push(required(path))
    return
  }
  const names = new Set<string>()
  for (let i = 0; i < containers.length; i++) {
    const container = containers[i]
    const at = `${path}[${i}]`
    checkCommon(errors, at, container, pod)
    if (names.has(container.name ?? '')) errors.push(duplicate(`${at}.name`, container.name ?? ''))
    names.add(container.name ?? '')
    checkProbes(errors, at, container, pod)
    checkRestartPolicy(errors, at, container)
  }
  checkHostPorts(errors, path, containers)
}

function checkProbes(errors: Errors, path: string, container: any, { spec }: PodView): void {
  if (container.lifecycle) checkLifecycle(errors, `${path}.lifecycle`, container.lifecycle, spec)
  checkProbe(errors, `${path}.livenessProbe`, container.livenessProbe, 'liveness')
  checkProbe(errors, `${path}.readinessProbe`, container.readinessProbe, 'readiness')
  checkProbe(errors, `${path}.startupProbe`, container.startupProbe, 'startup')
}

/** validateInitContainers: sidecars may have probes, the others may not. */
export function checkInitContainers(errors: Errors, path: string, pod: PodView): void {
  const names = new Set<string>((pod.spec.containers ?? []).map((c: any) => c.name))
  for (const [i, container] of (pod.spec.initContainers ?? []).entries()) {
    const at = `${path}[${i}]`
    checkCommon(errors, at, container, pod)
    checkRestartPolicy(errors, at, container)
    if (names.has(container.name)) errors.push(duplicate(`${at}.name`, container.name))
    else if (container.name) names.add(container.name)
    checkHostPorts(errors, path, [container])
    if (container.restartPolicy === 'Always') {
      checkProbes(errors, at, container, pod)
      continue
    }
    for (const field of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe']) {
      if (container[field]) errors.push(forbidden(`${at}.${field}`, SIDECAR_ONLY))
    }
    for (const [j, { restartPolicy }] of (container.resizePolicy ?? []).entries()) {
      if (restartPolicy === 'RestartContainer') {
        const sentence = "must not be set to 'RestartContainer' for non-sidecar initContainers"
        errors.push(invalid(`${at}.resizePolicy[${j}].restartPolicy`, restartPolicy, sentence))
      }
    }
  }
}

/** Fields of a container that an ephemeral one may not have, in the order of the struct. */
const NOT_EPHEMERAL = [
  'ports',
  'resizePolicy',
  'restartPolicy',
  'restartPolicyRules',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
]
const EPHEMERAL = 'cannot be set for an Ephemeral Container'

/** validateEphemeralContainers: no ports, probes, resources. */
export function checkEphemeralContainers(errors: Errors, path: string, pod: PodView): void {
  const ephemeral: any[] = pod.spec.ephemeralContainers ?? []
  if (!ephemeral.length) return
  const others = new Set<string>(
    [...(pod.spec.containers ?? []), ...(pod.spec.initContainers ?? [])].map((c) => c.name),
  )
  const names = new Set(others)
  for (const [i, container] of ephemeral.entries()) {
    const at = `${path}[${i}]`
    checkCommon(errors, at, container, pod)
    if (names.has(container.name)) errors.push(duplicate(`${at}.name`, container.name))
    names.add(container.name)
    const target = container.targetContainerName
    if (target && !others.has(target)) errors.push(notFound(`${at}.targetContainerName`, target))
    for (const field of NOT_EPHEMERAL) if (container[field]) errors.push(forbidden(`${at}.${field}`, EPHEMERAL))
    if (container.resources?.limits || container.resources?.requests) {
      errors.push(forbidden(`${at}.resources`, EPHEMERAL))
    }
    for (const [j, mount] of (container.volumeMounts ?? []).entries()) {
      for (const field of ['subPath', 'subPathExpr']) {
        if (mount[field]) errors.push(forbidden(`${at}.volumeMounts[${j}].${field}`, EPHEMERAL))
      }
    }
  }
}

function checkHostPorts(errors: Errors, path: string, containers: any[]): void {
  let taken: Set<string> | undefined
  for (let i = 0; i < containers.length; i++) {
    const ports: any[] | undefined = containers[i].ports
    if (!ports) continue
    for (let j = 0; j < ports.length; j++) {
      const { hostPort, hostIP = '', protocol } = ports[j]
      if (!hostPort) continue
      taken ??= new Set()
      const key = `${protocol}/${hostIP}/${hostPort}`
      if (taken.has(key)) errors.push(duplicate(`${path}[${i}].ports[${j}].hostPort`, key))
      taken.add(key)
    }
  }
}
