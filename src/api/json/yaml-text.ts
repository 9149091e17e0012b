import { LineCounter, parseDocument } from 'yaml'
import { goScalars, goYamlError } from '../../print/index.ts'

/** What a text in YAML says, as sigs.k8s.io/yaml reads it, or why it cannot be read. */
interface YamlText {
  readonly value?: any
  readonly error?: string
  /** Keys that come twice in a mapping, each in go-yaml's words; the last one counts. */
  readonly repeated?: readonly string[]
}

/** Reads the first document of a text. */
export function readYaml(text: string): YamlText {
  const error = goYamlError(text)
  if (error) return { error }
  const lineCounter = new LineCounter()
  const options = { version: '1.1', merge: true, customTags: goScalars } as const
  const strict = parseDocument(text, { ...options, lineCounter, uniqueKeys: true })
  const doubled = strict.errors.filter(({ code }) => code === 'DUPLICATE_KEY')
  const document = doubled.length ? parseDocument(text, { ...options, uniqueKeys: false }) : strict
  const value = document.toJS()
  if (!doubled.length) return { value }
  const repeated = doubled.map(({ pos }) => {
    const key = /^"?([^:\s"]+)/.exec(text.slice(pos[0]))?.[1] ?? ''
    return `line ${lineCounter.linePos(pos[0]).line}: key ${JSON.stringify(key)} already set in map`
  })
  return { value, repeated }
}

/** All of them as one error. */
export const unmarshalErrors = (repeated: readonly string[]): string =>
  `yaml: unmarshal errors:\n${repeated.map((line) => `  ${line}`).join('\n')}`
