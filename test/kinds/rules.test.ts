import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { create } from './create.ts'

interface Rule {
  note: string
  object: any
  /** Values by path (`spec.containers.0.image`), put into the object. */
  change?: Record<string, any>
  /** What is wrong with it. */
  errors: string[]
}

const rules: Rule[] = parse(readFileSync(new URL('rules.yaml', import.meta.url), 'utf8'))

test.each(rules.map((rule) => [rule.note, rule] as const))('%s', (_note, { object, change = {}, errors }) => {
  const given = structuredClone(object)
  for (const [path, value] of Object.entries(change)) {
    const steps = path.split('.')
    const last = steps.pop()!
    steps.reduce((at, step) => at[step], given)[last] = value
  }
  const head = `The ${given.kind} "x" is invalid: `
  expect(create(JSON.stringify(given)).error).toBe(
    errors.length > 1 ? `${head}\n* ${errors.join('\n* ')}` : head + errors[0],
  )
})
