import type { KubeObject } from './types.ts'

/**
 * A local, watch-fed copy of one resource, as client-go's shared informers keep it. Objects are shared: never change them.
 * After the connection breaks the copy goes stale, and it lists again when the server is back.
 */
export interface Informer {
  readonly synced: boolean
  get(namespace: string | undefined, name: string): KubeObject | undefined
  /** All, or those of one namespace; in insertion order. */
  list(namespace?: string): KubeObject[]
  /** Objects whose `index` function gave `value` (e.g. pods by node name). */
  by(index: string, value: string): KubeObject[]
  addIndex(index: string, of: (object: KubeObject) => string | readonly string[] | undefined): void
  onChange(handler: (now: KubeObject | undefined, before: KubeObject | undefined) => void): void
}

/** Hands out one informer per resource for the lifetime of a process. */
export interface InformerFactory {
  informer(kind: string): Informer
}
