import { type Document, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { ContentError, type Place } from './errors.ts'

/** More mistakes of one file are not told. */
const MAX_MISTAKES = 20
/** Larger files are refused before they are parsed. */
const MAX_BYTES = 256 * 1024
const MAX_ALIASES = 20

/** YAML that fits its schema. */
export interface Checked<T> {
  readonly value: T
  /** Where in the file a value stands, or its nearest parent that exists. */
  placeOf(path: readonly PropertyKey[]): Place
}

/**
 * Parses YAML and checks it. Throws ContentError (the first problem, and behind it the others) with file, line and
 * column. `before`: lines of the file before `text`.
 */
export function checkedYaml<S extends z.ZodType>(
  file: string,
  text: string,
  schema: S,
  before = 0,
): Checked<z.output<S>> {
  const start = before + 1
  if (text.length > MAX_BYTES)
    throw new ContentError(file, start, 1, `the file has ${text.length} characters`, `at most ${MAX_BYTES}`)
  const counter = new LineCounter()
  const place = (offset: number): Place => {
    const { line, col } = counter.linePos(offset)
    return { line: line + before, column: col }
  }
  const doc = parseDocument(text, { lineCounter: counter, prettyErrors: false, maxAliasCount: MAX_ALIASES } as never)
  if (doc.errors.length > 0)
    throw allOf(
      doc.errors.map(({ pos, message }) => {
        const { line, column } = place(pos[0])
        return [line, column, message]
      }),
      file,
    )
  let data: unknown
  try {
    data = doc.toJS({ maxAliasCount: MAX_ALIASES })
  } catch (error) {
    throw new ContentError(file, start, 1, (error as Error).message)
  }
  const placeOf = (path: readonly PropertyKey[]): Place => place(positionOf(doc, path))
  const result = schema.safeParse(data)
  if (result.success) return { value: result.data, placeOf }
  const mistakes = result.error.issues.map((found): Mistake => {
    const issue = deepest([found])
    const { line, column } = placeOf(issue.path)
    return [line, column, `${issue.path.join('.') || 'the file'}: ${issue.message}`, remedy(issue)]
  })
  throw allOf(mistakes, file)
}

type Mistake = readonly [line: number, column: number, problem: string, remedy?: string]

/** The first mistake of a file as an error, with the others behind it. */
function allOf([first, ...others]: readonly Mistake[], file: string): ContentError {
  const rest = others.slice(0, MAX_MISTAKES - 1).map((mistake) => new ContentError(file, ...mistake))
  const [line, column, problem, how] = first
  return new ContentError(file, line, column, problem, how, rest)
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
