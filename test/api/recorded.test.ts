import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parsePath } from '../../src/api/http/url.ts'
import { bodyText } from '../../src/api/http/wire.ts'
import { apiWorld } from './world.ts'

/** A request as it was sent, and what is left of the answer. */
interface Step {
  method: string
  query: string
  type?: string
  body?: unknown
  accept?: string
  /** It goes to the collection. */
  noName?: boolean
  /** The body carries the object's resourceVersion. */
  versioned?: boolean
  code: number
  message?: string
  /** metadata.managedFields by manager, operation and subresource. */
  managers?: Record<string, unknown>
  /** Names of the template's containers. */
  containers?: string[]
  generation?: number
  /** apiVersion and kind of what was shown. */
  shown?: unknown[]
  /** The Warning header. */
  warnings?: string
}

interface Sequence {
  name: string
  path: string
  /** Made first. */
  object?: unknown
  /** Name of the object. */
  at: string
  steps: Step[]
}

// What kube-apiserver 1.36.2 (built from the sources) answered on 2026-11-22, with times, identifiers and versions left out.
const sequences: Sequence[] = ['requests', 'status', 'door', 'definitions'].flatMap((file) =>
  JSON.parse(readFileSync(new URL(`recorded/${file}.json`, import.meta.url), 'utf8')),
)

const scrub = (text: string): string =>
  text
    .replace(/(resourceVersion\\*":\\*")\d+/g, '$1')
    .replace(/20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, '<T>')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}/g, '<uid>')
    .replace(/in record \(\d+\)/g, 'in record (<rv>)')

function player({ path, object, at }: Sequence): (step: Step) => unknown {
  const { server } = apiWorld({ serviceRange: '10.96.0.0/12' })
  const ask = (method: string, url: string, body?: unknown, contentType?: string, accept?: string) => {
    const request = parsePath(method, url, { body, contentType, accept })
    const response = server.handle(request, { userAgent: '', ip: '127.0.0.1' })
    const warnings = response.warnings?.map((text) => `299 - ${JSON.stringify(text)}`).join(', ')
    return { code: response.code, body: JSON.parse(bodyText(response) || '{}'), warnings }
  }
  if (object) expect(ask('POST', `${path}?fieldManager=f`, object).code).toBe(201)
  return (step) => {
    const { method, query, type, accept, versioned, noName, code: _, ...expected } = step
    const one = `${path}/${at}`
    let sent: any = step.body
    if (versioned) {
      const { resourceVersion } = ask('GET', one).body.metadata
      sent = { ...sent, metadata: { ...sent.metadata, resourceVersion } }
    }
    const { code, body, warnings } = ask(method, (noName ? path : one) + query, sent, type, accept)
    const seen: Partial<Step> = { code }
    if (body.status === 'Failure' && method !== 'HEAD') seen.message = scrub(body.message)
    if (expected.shown) seen.shown = [body.apiVersion, body.kind]
    if (expected.warnings) seen.warnings = warnings
    if (expected.managers)
      seen.managers = Object.fromEntries(
        body.metadata.managedFields.map((f: any) => [
          `${f.manager} ${f.operation}${f.subresource ? ` ${f.subresource}` : ''}`,
          f.fieldsV1,
        ]),
      )
    if (expected.containers) seen.containers = body.spec.template.spec.containers.map((c: any) => c.name)
    if (expected.generation) seen.generation = body.metadata.generation
    return seen
  }
}

describe('the API server answers as the real one', () => {
  for (const sequence of sequences) {
    describe(sequence.name, () => {
      const play = player(sequence)
      test.each(
        sequence.steps.map((step, i) => [
          `${i} ${step.method} ${step.query} ${step.accept ?? ''} ${JSON.stringify(step.body ?? '')}`,
          step,
        ]),
      )('%s', (_, step) => {
        const { code, message, managers, containers, generation, shown, warnings } = step as Step
        const answer = { code, message, managers, containers, generation, shown, warnings }
        const said = Object.fromEntries(Object.entries(answer).filter(([, value]) => value !== undefined))
        expect(play(step as Step)).toEqual(said)
      })
    })
  }
})
