import type { ObjectSchema } from '../../kinds/index.ts'
import type { KubeObject } from '../types.ts'

/** One write, as managedFields will tell of it. */
export interface Write {
  readonly manager: string
  readonly operation: 'Update' | 'Apply'
  readonly subresource: string
  readonly apiVersion: string
  readonly time: string
  /** Of custom resources. */
  readonly schema?: ObjectSchema
  /** The object as the writer sees it, when his group stores it as another's. */
  readonly view?: (stored: KubeObject) => KubeObject
}

/**
 * How an object came to be: the writes since `base`, whose managedFields are known. managedFields are worked out from
 * it only when somebody looks (`kubectl get --show-managed-fields`, server-side apply), since nearly nobody does and
 * every write would pay for it.
 */
export interface Provenance {
  /** managedFields as they were before the first of `steps`. */
  readonly base: readonly any[]
  readonly steps: readonly {
    readonly write: Write
    readonly before: KubeObject | undefined
    readonly after: KubeObject
  }[]
}

const origins = new WeakMap<KubeObject, Provenance>()

/** Where the object's fields come from, if a write has noted it. */
export const provenanceOf = (object: KubeObject): Provenance | undefined => origins.get(object)

/** Notes it beside the object, which itself stays as it is. */
export function setProvenance(object: KubeObject, provenance: Provenance): void {
  origins.set(object, provenance)
}

const sameWriter = (a: Write, b: Write): boolean =>
  a.manager === b.manager &&
  a.operation === b.operation &&
  a.subresource === b.subresource &&
  a.apiVersion === b.apiVersion

/** Longer chains are folded by `fold`. */
const CHAIN_LIMIT = 16

/** Notes that `write` turned `before` into `stored`, which `after` was asked for. Successive writes of one manager are one step. */
export function recordWrite(
  stored: KubeObject,
  before: KubeObject | undefined,
  write: Write,
  fold: (provenance: Provenance) => readonly any[],
  after = stored,
): void {
  const past = before && origins.get(before)
  if (!past) {
    origins.set(stored, { base: [], steps: [{ write, before, after }] })
    return
  }
  const last = past.steps[past.steps.length - 1]
  // What one writer changes and changes back he still takes from the others; where there are none, or only he writes, that
  // does not show.
  const alone = past.base.length === 0 && past.steps.length === 1
  if (
    last &&
    write.operation === 'Update' &&
    sameWriter(last.write, write) &&
    (alone || write.subresource === 'status')
  ) {
    origins.set(stored, { base: past.base, steps: [...past.steps.slice(0, -1), { write, before: last.before, after }] })
  } else if (past.steps.length >= CHAIN_LIMIT) {
    origins.set(stored, { base: fold(past), steps: [{ write, before, after }] })
  } else {
    origins.set(stored, { base: past.base, steps: [...past.steps, { write, before, after }] })
  }
}
