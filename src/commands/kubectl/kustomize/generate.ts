import { base64 } from '../../../kernel/index.ts'
import { sha256Hex } from '../../../pki/hash.ts'
import { compareBytes, toGoJson } from '../../../print/index.ts'

/** Suffix that changes with the content (kustomize/api/hasher); the name does not count, except for kubectl itself. */
export function contentHash(object: any, name = ''): string {
  const { kind, data = {}, type, binaryData } = object
  const parts =
    kind === 'Secret'
      ? { data, kind, name, type: type ?? '' }
      : { ...(binaryData ? { binaryData } : {}), data, kind, name }
  const letters: Record<string, string> = { 0: 'g', 1: 'h', 3: 'k', a: 'm', e: 't' }
  return [...sha256Hex(toGoJson(parts)).slice(0, 10)].map((c) => letters[c] ?? c).join('')
}

/** An entry of configMapGenerator or secretGenerator (kustomize/api/types/generatorargs.go). */
export interface GeneratorArgs {
  readonly name: string
  readonly namespace?: string
  readonly behavior?: 'create' | 'merge' | 'replace'
  readonly literals?: readonly string[]
  readonly files?: readonly string[]
  readonly envs?: readonly string[]
  readonly env?: string
  readonly type?: string
  readonly options?: GeneratorOptions
}

interface GeneratorOptions {
  readonly labels?: Record<string, string>
  readonly annotations?: Record<string, string>
  readonly disableNameSuffixHash?: boolean
  readonly immutable?: boolean
}

/** The ConfigMap or Secret of a generator entry. */
export function generated(
  kind: 'ConfigMap' | 'Secret',
  args: GeneratorArgs,
  options: GeneratorOptions,
  read: (path: string) => string,
): any {
  const data: Record<string, string> = {}
  for (const path of [...(args.envs ?? []), ...(args.env ? [args.env] : [])])
    for (const line of read(path).split('\n')) {
      const text = line.trim()
      if (text !== '' && !text.startsWith('#')) data[text.split('=')[0]] = text.slice(text.indexOf('=') + 1)
    }
  for (const file of args.files ?? []) {
    const at = file.indexOf('=')
    const path = file.slice(at + 1)
    data[at < 0 ? path.split('/').at(-1)! : file.slice(0, at)] = read(path)
  }
  for (const literal of args.literals ?? []) {
    const at = literal.indexOf('=')
    data[literal.slice(0, at)] = literal.slice(at + 1).replace(/^(["'])(.*)\1$/s, '$2')
  }
  const labels = { ...options.labels, ...args.options?.labels }
  const annotations = { ...options.annotations, ...args.options?.annotations }
  const immutable = args.options?.immutable ?? options.immutable
  const entries = Object.entries(data).sort(([a], [b]) => compareBytes(a, b))
  return {
    apiVersion: 'v1',
    ...(entries.length > 0
      ? { data: Object.fromEntries(entries.map(([key, value]) => [key, kind === 'Secret' ? base64(value) : value])) }
      : {}),
    ...(immutable ? { immutable } : {}),
    kind,
    metadata: {
      ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
      ...(Object.keys(labels).length > 0 ? { labels } : {}),
      name: args.name,
      ...(args.namespace ? { namespace: args.namespace } : {}),
    },
    ...(kind === 'Secret' ? { type: args.type ?? 'Opaque' } : {}),
  }
}
