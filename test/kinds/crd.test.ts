import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import {
  builtinKinds,
  decode,
  describeField,
  errorText,
  isEstablished,
  type Kind,
  KindRegistry,
  kindFromCRD,
  kindsFromCRD,
  namedStatus,
  schemaOf,
} from '../../src/kinds/index.ts'

interface Case {
  file: 'crd' | 'w'
  edits: [string, string][]
  error: string
}

const recorded: { crd: string; widget: string; cases: Case[] } = parse(
  readFileSync(new URL('recorded/i09-crd.yaml', import.meta.url), 'utf8'),
)
const registry = new KindRegistry(builtinKinds)
const definition = registry.byKind('apiextensions.k8s.io/v1', 'CustomResourceDefinition')!
const now = '2026-11-21T02:29:31Z'

/** What kubectl says about creating the object. */
function create(kind: Kind, manifest: string): { object: any; error: string } {
  const given = parse(manifest, { version: '1.1' })
  const { value: object, error, strict } = kind.decode?.(given) ?? decode(given, schemaOf(kind)!)
  const bad = error ?? (strict.length ? `strict decoding error: ${strict.join(', ')}` : '')
  if (bad) {
    const what = `${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}`
    return { object, error: `Error from server (BadRequest): error when creating "STDIN": ${what}: ${bad}\n` }
  }
  if (kind.namespaced) object.metadata.namespace = 'cr'
  kind.defaults(object)
  kind.prepareForCreate(object, { now })
  const errors = kind.validate(object).map(errorText)
  const head = `The ${kind.kind} "${object.metadata.name}" is invalid: `
  const text = errors.length > 1 ? `${head}\n* ${errors.join('\n* ')}\n` : errors.length ? `${head}${errors[0]}\n` : ''
  return { object, error: text }
}

const crd = create(definition, recorded.crd).object
const widget = kindFromCRD(crd, 'v1')

describe('i09-crd', () => {
  test.each(recorded.cases)('$edits', ({ file, edits, error }) => {
    let text = file === 'w' ? recorded.widget : recorded.crd
    for (const [from, to] of edits) text = text.replaceAll(new RegExp(from, 'gm'), to.replaceAll('\\', ''))
    expect(create(file === 'w' ? widget : definition, text).error).toBe(error)
  })

  test('defaults', () => {
    const { object } = create(widget, recorded.widget)
    expect(object.spec).toEqual({ size: 3, color: 'red', minSize: 1, replicas: 1 })
    expect(object.metadata.generation).toBe(1)
  })

  test('table', () => {
    const { object } = create(widget, recorded.widget)
    object.metadata.creationTimestamp = '2026-11-21T02:29:34Z'
    expect(widget.columns.map((c) => [c.name, c.priority])).toEqual([
      ['Name', 0],
      ['Size', 0],
      ['Color', 0],
      ['Phase', 0],
      ['Min', 1],
      ['Age', 0],
    ])
    expect(widget.cells(object, { now: Date.parse('2026-11-21T02:29:38Z') })).toEqual(['w1', 3, 'red', null, 1, '4s'])
    const [, old] = kindsFromCRD(crd)
    expect(old!.deprecation).toBe('shop.example.com/v1alpha1 Widget is deprecated; use shop.example.com/v1 Widget')
    expect(old!.columns.map((c) => c.name)).toEqual(['Name', 'Age'])
  })

  test('a status update checks the status alone', () => {
    const { object } = create(widget, recorded.widget)
    object.metadata.resourceVersion = '7'
    const next = { ...object, metadata: { ...object.metadata }, status: { phase: 5 } }
    widget.prepareForUpdate(next, object, 'status', { now })
    expect(widget.validateUpdate(next, object, 'status').map(errorText)).toEqual([
      'status.phase: Invalid value: "integer": phase in body must be of type string: "integer"',
      '<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
    ])
  })

  test('a transition rule', () => {
    const { object } = create(widget, recorded.widget)
    object.metadata.resourceVersion = '7'
    const next = { ...object, spec: { ...object.spec, color: 'blue' } }
    expect(widget.validateUpdate(next, object).map(errorText)).toEqual([
      'spec: Invalid value: color is immutable, was red',
    ])
  })

  test('structure for explain', () => {
    const schema = schemaOf(widget)!
    expect([...schema.fields.keys()]).toEqual(['apiVersion', 'kind', 'metadata', 'spec', 'status'])
    const spec = schema.fields.get('spec')!
    expect(spec.required).toBe(true)
    expect(spec.schema.type === 'object' && describeField(spec.schema, 'size')).toBe('how large')
    expect(describeField(schema, 'metadata').split('\n')[0]).toMatch(/^Standard object's metadata\. More info: /)
  })

  test('names are granted once in a group', () => {
    const named = { ...crd, status: namedStatus(crd, [], now) }
    expect(named.status.conditions).toEqual([
      {
        lastTransitionTime: now,
        message: 'no conflicts found',
        reason: 'NoConflicts',
        status: 'True',
        type: 'NamesAccepted',
      },
      {
        lastTransitionTime: now,
        message: 'the initial names have been accepted',
        reason: 'InitialNamesAccepted',
        status: 'True',
        type: 'Established',
      },
    ])
    expect(isEstablished(named)).toBe(true)
    const pods = create(definition, recorded.crd.replaceAll('widget', 'pod').replaceAll('Widget', 'Pod')).object
    expect(namedStatus(pods, [named], now).conditions).toEqual([
      {
        lastTransitionTime: now,
        message: '"wd" is already in use',
        reason: 'ShortNamesConflict',
        status: 'False',
        type: 'NamesAccepted',
      },
      {
        lastTransitionTime: now,
        message: 'not all names are accepted',
        reason: 'NotAccepted',
        status: 'False',
        type: 'Established',
      },
    ])
  })
})
