import type { z } from 'zod'
import { checkedYaml } from './checked-yaml.ts'
import { ContentError, type Place } from './errors.ts'
import { type ScenarioSource, scenarioSchema } from './schema.ts'

/** A file's content with its variables filled in for one seed. */
export interface Variant {
  readonly file: string
  /** The variables of the chosen variant. */
  readonly vars: Readonly<Record<string, string>>
  /** Where each top-level entry stands, for messages of the prover: `solution.0` → line 42, column 5. */
  readonly places: ReadonlyMap<string, Place>
}

/** A checked scenario. */
export interface Scenario extends ScenarioSource, Variant {
  /** Reference pages that help: a task's. */
  readonly docs?: readonly string[]
}

/**
 * Parses and checks a scenario. Throws ContentError (the first problem) with file, line and column. `seed` chooses the
 * variant; undefined takes the file's own seed.
 */
export const loadScenario = (file: string, content: string, seed?: number): Scenario =>
  loadVariant(file, content, scenarioSchema, seed)

/** What every file with variants has. */
interface Varied {
  readonly seed: number
  readonly variants?: readonly Readonly<Record<string, string>>[]
}

/** The same for any kind of file with variants. */
export function loadVariant<S extends z.ZodType<Varied>>(
  file: string,
  content: string,
  schema: S,
  seed?: number,
): z.output<S> & Variant {
  const { value: source, placeOf } = checkedYaml(file, content, schema)
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
  }) as z.output<S>
  const places = new Map<string, Place>()
  for (const [key, value] of Object.entries(source)) {
    places.set(key, placeOf([key]))
    if (Array.isArray(value)) for (const i of value.keys()) places.set(`${key}.${i}`, placeOf([key, i]))
  }
  return { ...filled, file, vars, places }
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
