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
const sequences: Sequence[] = JSON.parse(readFileSync(new URL('recorded/requests.json', import.meta.url), 'utf8'))

const scrub = (text: string): string =>
  text
    .replace(/(resourceVersion\\*":\\*")\d+/g, '$1')
    .replace(/20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, '<T>')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}/g, '<uid>')
    .replace(/in record \(\d+\)/g, 'in record (<rv>)')

function player({ path, object, at }: Sequence): (step: Step) => unknown {
  const { server } = apiWorld({ serviceRange: '10.96.0.0/12' })
  const ask = (method: string, url: string, body?: unknown, contentType?: string) => {
    const response = server.handle(parsePath(method, url, { body, contentType }), { userAgent: '', ip: '127.0.0.1' })
    return { code: response.code, body: JSON.parse(bodyText(response)) }
  }
  if (object) expect(ask('POST', `${path}?fieldManager=f`, object).code).toBe(201)
  return (step) => {
    const { method, query, type, versioned, noName, code: _, ...expected } = step
    const one = `${path}/${at}`
    let sent: any = step.body
    if (versioned) {
      const { resourceVersion } = ask('GET', one).body.metadata
      sent = { ...sent, metadata: { ...sent.metadata, resourceVersion } }
    }
    const { code, body } = ask(method, (noName ? path : one) + query, sent, type)
    const seen: Partial<Step> = { code }
    if (body.status === 'Failure') seen.message = scrub(body.message)
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
        sequence.steps.map((step, i) => [`${i} ${step.method} ${step.query} ${JSON.stringify(step.body ?? '')}`, step]),
      )('%s', (_, step) => {
        const { code, message, managers, containers, generation } = step as Step
        const answer = { code, message, managers, containers, generation }
        const said = Object.fromEntries(Object.entries(answer).filter(([, value]) => value !== undefined))
        expect(play(step as Step)).toEqual(said)
      })
    })
  }
})
