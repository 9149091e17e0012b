import { checkedYaml } from './checked-yaml.ts'
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

/**
 * Parses and checks a scenario. Throws ContentError (the first problem) with file, line and column. `seed` chooses the
 * variant; undefined takes the file's own seed.
 */
export function loadScenario(file: string, content: string, seed?: number): Scenario {
  const { value: source, placeOf } = checkedYaml(file, content, scenarioSchema)
  const variants = source.variants ?? [{}]
  const vars = variants[(seed ?? source.seed) % variants.length]
  const filled = fill(source, vars, (name, path) => {
    const { line, column } = placeOf(path)
    throw new ContentError(
      file,
      line,
      column,
      `{{${name}}} is not defined by the variant`,
      `variables: ${Object.keys(vars).join(', ') || 'none'}`,
    )
  }) as ScenarioSource
  const lines = new Map<string, number>()
  for (const key of ['given', 'solution', 'fixes', 'decoys', 'goals', 'keep', 'symptoms', 'brief'] as const) {
    lines.set(key, placeOf([key]).line)
    const list = source[key]
    if (Array.isArray(list)) for (const i of list.keys()) lines.set(`${key}.${i}`, placeOf([key, i]).line)
  }
  return { ...filled, file, vars, lines }
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
