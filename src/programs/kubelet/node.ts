import { rfc3339 } from '../../api/index.ts'
import { type KubeObject, StatusError, TransportError } from '../../api/types.ts'
import type { Coro } from '../../kernel/index.ts'
import { deepEqual } from '../../kinds/index.ts'
import type { Kubelet } from './kubelet.ts'
import { NodeLease, TIMEOUT } from './node-lease.ts'
import { nodeFacts } from './node-status.ts'

/** nodeStatusUpdateRetry. */
const STATUS_TRIES = 5

/** So much of a status that was not accepted is shown. */
const SHOWN = 600

/** Blind to when they were looked at last. */
const sameConditions = (a: readonly any[], b: readonly any[]): boolean =>
  a.length === b.length && a.every((c, i) => deepEqual({ ...c, lastHeartbeatTime: b[i].lastHeartbeatTime }, b[i]))

/** In-tree volume plugins whose work CSI drivers took over. */
const MIGRATED_PLUGINS = [
  'kubernetes.io/aws-ebs',
  'kubernetes.io/azure-disk',
  'kubernetes.io/azure-file',
  'kubernetes.io/cinder',
  'kubernetes.io/gce-pd',
  'kubernetes.io/portworx-volume',
  'kubernetes.io/vsphere-volume',
].join(',')

const PRESSURES = [
  [
    'MemoryPressure',
    'KubeletHasInsufficientMemory',
    'kubelet has insufficient memory available',
    'KubeletHasSufficientMemory',
    'kubelet has sufficient memory available',
    'NodeHasInsufficientMemory',
    'NodeHasSufficientMemory',
  ],
  [
    'DiskPressure',
    'KubeletHasDiskPressure',
    'kubelet has disk pressure',
    'KubeletHasNoDiskPressure',
    'kubelet has no disk pressure',
    'NodeHasDiskPressure',
    'NodeHasNoDiskPressure',
  ],
  [
    'PIDPressure',
    'KubeletHasInsufficientPID',
    'kubelet has insufficient PID available',
    'KubeletHasSufficientPID',
    'kubelet has sufficient PID available',
    'NodeHasInsufficientPID',
    'NodeHasSufficientPID',
  ],
] as const

/** Registers the Node and keeps its status and lease. Models kubelet_node_status.go and component-helpers/lease. */
export class NodeManager {
  /** A status that was not accepted is being tried again. */
  private retrying = false
  private cordoned = false
  private registered = false
  private conditions: any[] = []
  private sent: Record<string, any> | undefined
  private reportedAt = 0
  /** What was computed last has not reached the API server yet. */
  private unsent = false

  constructor(private readonly k: Kubelet) {}

  start(): void {
    const { k } = this
    if (!k.client) return
    if (k.config.registerNode) this.register(100)
    else this.registered = true
    k.process.every(k.config.nodeStatusUpdateFrequency, () => this.update(false))
    new NodeLease(this.k).start()
  }

  private register(step: number): void {
    const { k } = this
    k.log.info('kubelet_node_status.go:78', 'Attempting to register node', { node: k.nodeName })
    const again = (): void => {
      k.process.after(step, () => this.register(Math.min(step * 2, 7000)))
    }
    try {
      const node = this.initial()
      try {
        const made = k.client!.create(node)
        k.log.info('kubelet_node_status.go:81', 'Successfully registered node', { node: k.nodeName })
        this.adopt(made)
      } catch (error) {
        if (!(error instanceof StatusError) || error.reason !== 'AlreadyExists') throw error
        const known = k.client!.get('Node', undefined, k.nodeName)
        k.log.info('kubelet_node_status.go:128', 'Node was previously registered', { node: k.nodeName })
        this.conditions = known.status?.conditions ?? []
        this.adopt(known)
      }
      this.update(true)
    } catch (error) {
      if (!(error instanceof StatusError || error instanceof TransportError)) throw error
      k.log.error(
        'kubelet_node_status.go:111',
        'Unable to register node with API server',
        k.requestError('Post', '/api/v1/nodes', error),
        { node: k.nodeName },
      )
      again()
    }
  }

  private adopt(node: KubeObject): void {
    this.registered = true
    this.sent = node.status
    this.k.nodeRegistered()
    this.registerCsiNode(node)
  }

  private registerCsiNode(node: KubeObject): void {
    const { name, uid } = node.metadata
    try {
      if (this.k.client!.find('CSINode', undefined, name)) return
      this.k.client!.create({
        apiVersion: 'storage.k8s.io/v1',
        kind: 'CSINode',
        metadata: {
          name,
          annotations: { 'storage.alpha.kubernetes.io/migrated-plugins': MIGRATED_PLUGINS },
          ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid: uid! }],
        },
        spec: { drivers: null },
      })
    } catch (error) {
      if (!(error instanceof StatusError || error instanceof TransportError)) throw error
    }
  }

  private initial(): KubeObject {
    const { k } = this
    const { nodeName: name } = k
    return {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name,
        labels: {
          'beta.kubernetes.io/arch': 'amd64',
          'beta.kubernetes.io/os': 'linux',
          'kubernetes.io/arch': 'amd64',
          'kubernetes.io/hostname': name,
          'kubernetes.io/os': 'linux',
          ...k.flags.nodeLabels,
        },
        annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' },
      },
      spec: k.config.registerWithTaints.length > 0 ? { taints: k.config.registerWithTaints } : {},
      status: { ...nodeFacts(k), conditions: this.computeConditions() },
    }
  }

  /** Conditions as they are now; transitions are events. */
  private computeConditions(): any[] {
    const { k } = this
    const now = rfc3339(k.now())
    const out: any[] = []
    const event = (reason: string): void =>
      k.events.normal(k.nodeRef, reason, `Node ${k.nodeName} status is now: ${reason}`)
    const add = (type: string, status: string, reason: string, message: string, told: string): void => {
      const old = this.conditions.find((c) => c.type === type)
      const changed = !old || old.status !== status
      out.push({
        lastHeartbeatTime: now,
        lastTransitionTime: changed ? now : old.lastTransitionTime,
        message,
        reason,
        status,
        type,
      })
      if (changed && told) event(told)
    }
    for (const [type, badReason, badText, goodReason, goodText, badEvent, goodEvent] of PRESSURES) {
      const bad = k.eviction.has(type)
      add(
        type,
        bad ? 'True' : 'False',
        bad ? badReason : goodReason,
        bad ? badText : goodText,
        bad ? badEvent : goodEvent,
      )
    }
    const problems = k.runtime.readyProblems()
    const wasReady = this.conditions.find((c) => c.type === 'Ready')?.status
    if (problems.length === 0) add('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status', 'NodeReady')
    else
      add(
        'Ready',
        'False',
        'KubeletNotReady',
        problems.length === 1 ? problems[0] : `[${problems.join(', ')}]`,
        wasReady === 'True' ? 'NodeNotReady' : '',
      )
    const others = this.conditions.filter((c) => !out.some((o) => o.type === c.type))
    // Network controllers' conditions come first, in the order in which the API holds them.
    this.conditions = [...others, ...out]
    return this.conditions
  }

  /** recordNodeSchedulableEvent: told once, at the next look at the status. */
  private noteCordon(cordoned: boolean): void {
    if (cordoned === this.cordoned) return
    this.cordoned = cordoned
    const { k } = this
    const reason = cordoned ? 'NodeNotSchedulable' : 'NodeSchedulable'
    k.events.normal(k.nodeRef, reason, `Node ${k.nodeName} status is now: ${reason}`)
  }

  /** Brings the Node's status up to date when it changed, and every five minutes anyway. */
  update(force: boolean): void {
    const { k } = this
    if (!this.registered || !k.client) return
    const current = k.nodeObject()
    if (current?.status?.conditions) this.takeForeign(current.status.conditions)
    if (current) this.noteCordon(current.spec?.unschedulable === true)
    const before = this.conditions
    const conditions = this.computeConditions()
    const changed = !sameConditions(before, conditions)
    const facts = nodeFacts(k)
    const patch: Record<string, unknown> = {}
    for (const key of Object.keys(facts)) if (!deepEqual(this.sent?.[key], facts[key])) patch[key] = facts[key]
    const due = k.kernel.now() - this.reportedAt >= k.config.nodeStatusReportFrequency
    if (!force && !changed && !due && !this.unsent && Object.keys(patch).length === 0) return
    this.unsent = true
    patch.conditions = conditions
    try {
      k.client.patch('Node', undefined, k.nodeName, { status: patch }, 'application/strategic-merge-patch+json', {
        subresource: 'status',
      })
      this.unsent = false
      this.sent = { ...facts }
      this.reportedAt = k.kernel.now()
    } catch (error) {
      if (!(error instanceof StatusError || error instanceof TransportError)) throw error
      if (this.retrying) return
      this.retrying = true
      const tried = JSON.stringify(JSON.stringify({ status: patch }).slice(0, SHOWN)).slice(0, SHOWN)
      const text = `failed to patch status ${tried} for node "${k.nodeName}": ${k.requestError('Patch', `/api/v1/nodes/${k.nodeName}/status?timeout=10s`, error)}`
      k.spawn('node status', this.retry(text, error), () => {
        this.retrying = false
      })
    }
  }

  /** A status that could not be sent: the Node is read and all begins anew, five times in all. Models updateNodeStatus. */
  private *retry(first: string, cause: StatusError | TransportError): Coro {
    const { k } = this
    let text = first
    let error: unknown = cause
    for (let tries = 1; ; tries++) {
      // Who gets no answer has waited for it.
      if (error instanceof TransportError && error.kind === 'timeout') yield { until: k.kernel.now() + TIMEOUT }
      k.log.error('kubelet_node_status.go:529', 'Error updating node status, will retry', text)
      if (tries === STATUS_TRIES) break
      try {
        k.client!.get('Node', undefined, k.nodeName)
        return this.update(true)
      } catch (problem) {
        if (!(problem instanceof StatusError || problem instanceof TransportError)) throw problem
        error = problem
        text = `error getting node "${k.nodeName}": ${k.requestError('Get', `/api/v1/nodes/${k.nodeName}?timeout=10s`, problem)}`
      }
    }
    const err = 'update node status exceeds retry count'
    k.log.error('kubelet_node_status.go:515', 'Unable to update node status', err)
  }

  /** The node controller may have set our conditions to Unknown: what it says is what changes now. */
  private takeForeign(present: readonly any[]): void {
    for (const c of present) {
      const at = this.conditions.findIndex((o) => o.type === c.type)
      if (at < 0) this.conditions = [...this.conditions, c]
      else if (c.status === 'Unknown' && this.conditions[at].status !== 'Unknown')
        this.conditions = this.conditions.map((o, i) => (i === at ? c : o))
      else if (!['MemoryPressure', 'DiskPressure', 'PIDPressure', 'Ready'].includes(c.type))
        this.conditions = this.conditions.map((o, i) => (i === at ? c : o))
    }
  }
}
