import type { Coro } from '../../../kernel/index.ts'
import { DIRECTIVE } from '../../lib/cobra.ts'
import { namespaceFor } from './builder.ts'
import { groupResource, type Resource } from './discovery.ts'
import type { Kube } from './kube.ts'

/** What completion offers. */
export interface Candidate {
  readonly words: readonly string[]
  readonly directive?: number
}

const none: Candidate = { words: [], directive: DIRECTIVE.noFileComp }

/** Names of the objects of a resource. Errors complete to nothing. */
function* objectNames(k: Kube, resource: Resource, prefix: string): Coro<string[]> {
  try {
    const list = yield* (yield* k.client()).list(resource, namespaceFor(k, resource), { limit: 500 })
    return list.items.map((item: any) => item.metadata.name).filter((name: string) => name.startsWith(prefix))
  } catch (error) {
    if (error instanceof Error) return []
    throw error
  }
}

/** Types, then names of that type (`get pod w⇥`, `get pod/w⇥`). */
export function* typesAndNames(k: Kube, toComplete: string): Coro<Candidate> {
  try {
    const discovery = yield* k.discovery()
    if (toComplete.includes('/')) {
      const [type, prefix] = toComplete.split('/')
      const resource = yield* discovery.find(type)
      if (!resource) return none
      return {
        words: (yield* objectNames(k, resource, prefix)).map((name) => `${type}/${name}`),
        directive: DIRECTIVE.noFileComp,
      }
    }
    if (k.args.length === 0) {
      const { resources } = yield* discovery.load(1)
      const names = resources.filter((r) => r.preferred && r.verbs.includes('get')).map((r) => groupResource(r))
      return { words: names.filter((name) => name.startsWith(toComplete)), directive: DIRECTIVE.noFileComp }
    }
    if (k.args.some((arg) => arg.includes('/'))) return none
    const resource = yield* discovery.find(k.args[0])
    if (!resource) return none
    const taken = new Set(k.args.slice(1))
    return {
      words: (yield* objectNames(k, resource, toComplete)).filter((name) => !taken.has(name)),
      directive: DIRECTIVE.noFileComp,
    }
  } catch (error) {
    if (error instanceof Error) return none
    throw error
  }
}

/** Names of one type (`logs`, `cordon`). */
export const namesOf = (type: string) =>
  function* (k: Kube, toComplete: string): Coro<Candidate> {
    try {
      const resource = yield* (yield* k.discovery()).find(type)
      return resource ? { words: yield* objectNames(k, resource, toComplete), directive: DIRECTIVE.noFileComp } : none
    } catch (error) {
      if (error instanceof Error) return none
      throw error
    }
  }

const POD_OWNERS = [
  'daemonsets',
  'deployments',
  'pods',
  'jobs',
  'replicasets',
  'replicationcontrollers',
  'services',
  'statefulsets',
]

/** Pods, and the types that lead to one. */
export function* podsAndOwners(k: Kube, toComplete: string): Coro<Candidate> {
  if (k.args.length > 0) return none
  if (toComplete.includes('/')) return yield* typesAndNames(k, toComplete)
  const pods = yield* namesOf('pods')(k, toComplete)
  const types = POD_OWNERS.map((type) => `${type}/`).filter((type) => type.startsWith(toComplete))
  return { words: [...pods.words, ...types], directive: DIRECTIVE.noFileComp }
}
