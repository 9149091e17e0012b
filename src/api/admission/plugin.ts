import type { Kind, KubeObject } from '../../kinds/index.ts'
import type { RequestContext } from '../context.ts'

type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT'

/** What an admission plug-in is asked about. Models admission.Attributes. */
export interface Attributes {
  readonly operation: Operation
  /** The kind of `object`: the stored kind, or the subresource's own (Binding, Eviction, Scale …). */
  readonly kind: Kind
  readonly subresource: string
  readonly namespace: string | undefined
  readonly name: string
  /** A copy of its own in mutating plug-ins; undefined for deletions. */
  readonly object: KubeObject
  readonly old: KubeObject | undefined
  readonly ctx: RequestContext
  readonly dryRun: boolean
}

/** An admission plugin compiled into the API server. */
export interface AdmissionPlugin {
  /** As in --enable-admission-plugins. */
  readonly name: string
  /** Whether it wants to see such requests at all: asked once a combination. `resource` like `deployments.apps`. */
  handles(operation: Operation, resource: string, subresource: string): boolean
  /** Changes `object`, or throws a StatusError. */
  admit?(a: Attributes): void
  /** Only looks, or throws a StatusError. */
  validate?(a: Attributes): void
}
