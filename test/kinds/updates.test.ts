import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { apiWorld } from '../api/world.ts'

interface Update {
  resource: string
  name: string
  type: 'strategic' | 'merge' | 'json'
  subresource?: string
  patch: string
  error: string
}

// Texts: recordings kubectl/c02, c03-validation, i13, i15. The objects are as they were then.
const recorded: { setup: any[]; updates: Update[] } = parse(
  readFileSync(new URL('recorded/updates.yaml', import.meta.url), 'utf8'),
)
const { server, api } = apiWorld({ serviceRange: '10.96.0.0/12' })
const uids = new Map<string, string>()
for (const object of recorded.setup) {
  const kind = server.kinds.byKind(object.apiVersion, object.kind)!
  const namespace = kind.namespaced ? 'val' : undefined
  const made = api.create({ ...object, metadata: { ...object.metadata, namespace } })
  uids.set(object.metadata.name, made.metadata.uid!)
}

const TYPES = {
  strategic: 'application/strategic-merge-patch+json',
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
} as const

describe('updates', () => {
  test.each(recorded.updates)('$resource $patch', ({ resource, name, type, subresource, patch, error }) => {
    const kind = resource === 'pc' ? server.kinds.find('priorityclasses')! : server.kinds.find(resource)!
    const response = server.handle(
      {
        verb: 'patch',
        group: kind.group,
        version: kind.version,
        resource: kind.plural,
        namespace: kind.namespaced ? 'val' : '',
        name,
        subresource,
        patchType: TYPES[type],
        body: JSON.parse(patch),
        untyped: true,
        dryRun: false,
      } as any,
      { userAgent: 'kubectl/v1.36.4', ip: '192.168.56.10' } as any,
    )
    const { message = '', details } = response.body as any
    let text = ''
    if (response.code >= 400) {
      const causes = (details?.causes ?? []).map((c: any) => (c.field ? `${c.field}: ${c.message}` : c.message))
      const list = [...new Set(causes)]
      const head = `The ${details?.kind} "${name}" is invalid: `
      text = list.length > 1 ? `${head}\n* ${list.join('\n* ')}` : list.length ? head + list[0] : message
    }
    const uid = /"controller-uid":"([0-9a-f-]+)"/.exec(error)?.[1]
    const wanted = uid ? error.replaceAll(uid, uids.get(name)!) : error
    expect(text.trimEnd()).toBe(wanted.trimEnd())
  })
})
