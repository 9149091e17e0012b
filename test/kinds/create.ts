import { parse } from 'yaml'
import { builtinKinds, decode, errorText, KindRegistry, schemaOf } from '../../src/kinds/index.ts'

export const registry = new KindRegistry(builtinKinds)

/** What kubectl prints when the object is created: the error, or nothing; and the warnings. */
export function create(manifest: string): { error: string; warnings: string[] } {
  const given = parse(manifest, { version: '1.1', uniqueKeys: false })
  const kind = registry.byKind(given.apiVersion, given.kind)!
  const { value: object } = decode(given, schemaOf(kind)!)
  object.metadata.name ??= object.metadata.generateName ? `${object.metadata.generateName}x7k2p` : ''
  if (kind.namespaced) object.metadata.namespace = 'val'
  object.metadata.uid = '467cc6bd-fd22-4575-8efd-ef3cf6955975'
  kind.defaults(object)
  kind.prepareForCreate(object, { now: '2026-11-21T02:20:13Z' })
  const errors = kind.validate(object).map(errorText)
  const head = `The ${kind.kind} "${object.metadata.name}" is invalid: `
  const error = errors.length > 1 ? `${head}\n* ${errors.join('\n* ')}` : errors.length ? head + errors[0] : ''
  const always = kind.deprecation ? [kind.deprecation] : []
  return { error, warnings: error ? always : [...always, ...kind.warnings(object)] }
}
