import { type Document, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { ContentError } from './errors.ts'
import { type ScenarioSource, scenarioSchema } from './schema.ts'

/** A checked scenario with its variables filled in for one seed. */
export interface Scenario extends ScenarioSource {
  readonly file: string
  /** The variables of the chosen variant. */
  readonly vars: Readonly<Record<string, string>>
  /** Line of each top-level list entry, for messages of the prover: `solution.0` → 42. */
  readonly lines: ReadonlyMap<string, number>
}

/** Larger files are refused before they are parsed. */
const MAX_BYTES = 256 * 1024

/**
 * Parses and checks a scenario. Throws ContentError (the first problem) with file, line and column. `seed` chooses the
 * variant; undefined takes the file's own seed.
 */
export function loadScenario(file: string, content: string, seed?: number): Scenario {
  if (content.length > MAX_BYTES)
    throw new ContentError(file, 1, 1, `the file has ${content.length} characters`, `at most ${MAX_BYTES}`)
  const counter = new LineCounter()
  const doc = parseDocument(content, { lineCounter: counter, prettyErrors: false, maxAliasCount: 20 } as never)
  const [first] = doc.errors
  if (first) {
    const { line, col } = counter.linePos(first.pos[0])
    throw new ContentError(file, line, col, first.message)
  }
  let data: unknown
  try {
    data = doc.toJS({ maxAliasCount: 20 })
  } catch (error) {
    throw new ContentError(file, 1, 1, (error as Error).message)
  }
  const result = scenarioSchema.safeParse(data)
  if (!result.success) {
    const issue = deepest(result.error.issues)
    const { line, col } = counter.linePos(positionOf(doc, issue.path))
    throw new ContentError(file, line, col, `${issue.path.join('.') || 'the file'}: ${issue.message}`, remedy(issue))
  }
  const source = result.data
  const variants = source.variants ?? [{}]
  const vars = variants[(seed ?? source.seed) % variants.length]
  const filled = fill(source, vars, (name, path) => {
    const { line, col } = counter.linePos(positionOf(doc, path))
    throw new ContentError(
      file,
      line,
      col,
      `{{${name}}} is not defined by the variant`,
      `variables: ${Object.keys(vars).join(', ') || 'none'}`,
    )
  }) as ScenarioSource
  const lines = new Map<string, number>()
  for (const key of ['solution', 'fixes', 'decoys', 'goals', 'keep', 'symptoms', 'brief']) {
    lines.set(key, counter.linePos(positionOf(doc, [key])).line)
    const list = (data as any)[key]
    if (Array.isArray(list))
      for (const i of list.keys()) lines.set(`${key}.${i}`, counter.linePos(positionOf(doc, [key, i])).line)
  }
  return { ...filled, file, vars, lines }
}

type Issue = z.core.$ZodIssue

/** In a union the branch that got furthest tells most. */
function deepest(issues: readonly Issue[]): Issue {
  const [issue] = issues
  if (issue.code !== 'invalid_union' || !('errors' in issue)) return issue
  const branches = (issue.errors as Issue[][]).filter((b) => b.length > 0)
  if (branches.length === 0) return issue
  const known = branches.filter(
    (b) => !b.some((i) => i.code === 'unrecognized_keys') && !b.every((i) => i.path.length === 0),
  )
  const best = (known.length > 0 ? known : branches).sort((a, b) => depth(b) - depth(a) || a.length - b.length)[0]
  const inner = deepest(best)
  return { ...inner, path: [...issue.path, ...inner.path] } as Issue
}

const depth = (issues: readonly Issue[]): number => Math.max(...issues.map((i) => i.path.length))

function remedy(issue: Issue): string | undefined {
  if (issue.code === 'unrecognized_keys')
    return `remove ${issue.keys.map((k) => `"${k}"`).join(', ')} or correct the spelling`
  if (issue.code === 'invalid_value') return `one of ${issue.values.map((v) => String(v)).join(', ')}`
  return undefined
}

/** Offset of the node at `path`, or of the nearest parent that exists. */
function positionOf(doc: Document, path: readonly PropertyKey[]): number {
  let node: unknown = doc.contents
  let at = isNode(node) && node.range ? node.range[0] : 0
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find((p) => isScalar(p.key) && p.key.value === part)
      if (!pair) break
      if (isScalar(pair.key) && pair.key.range) at = pair.key.range[0]
      node = pair.value
    } else if (isSeq(node)) {
      node = node.items[part as number]
      if (isNode(node) && node.range) at = node.range[0]
    } else break
  }
  return at
}

/** Replaces {{name}} in every string. */
function fill(
  value: unknown,
  vars: Readonly<Record<string, string>>,
  missing: (name: string, path: PropertyKey[]) => never,
  path: PropertyKey[] = [],
): unknown {
  if (typeof value === 'string') {
    return value.replace(/\{\{([a-z][a-zA-Z0-9]*)\}\}/g, (_, name: string) => vars[name] ?? missing(name, path))
  }
  if (Array.isArray(value)) return value.map((v, i) => fill(v, vars, missing, [...path, i]))
  if (value && typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value).map(([k, v]) => [k, k === 'variants' ? v : fill(v, vars, missing, [...path, k])]),
    )
  }
  return value
}
