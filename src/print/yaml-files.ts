import { compareYamlKeys, toYaml } from './yaml.ts'

/** More texts than the largest cluster's machines have. */
const LIMIT = 512

/** What texts say that were written here, the latest last. */
const written = new Map<string, unknown>()

/** `toYaml` for files that programs of the simulation read again: reading such a text costs no parser. */
export function writeYaml(value: unknown): string {
  const text = toYaml(value)
  if (written.size >= LIMIT) written.delete(written.keys().next().value!)
  written.set(text, value)
  return text
}

/** What a text says that `writeYaml` made: a copy with members in the order of the text. Undefined for other texts. */
export function readWritten(text: string): { readonly value: any } | undefined {
  const value = written.get(text)
  return value === undefined ? undefined : { value: asParsed(value) }
}

function asParsed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asParsed)
  if (value === null || typeof value !== 'object') return value ?? null
  const copy: Record<string, unknown> = {}
  for (const key of Object.keys(value).sort(compareYamlKeys)) {
    const member = (value as Record<string, unknown>)[key]
    if (member !== undefined) copy[key] = asParsed(member)
  }
  return copy
}
