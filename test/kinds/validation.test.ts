import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { create } from './create.ts'

interface Case {
  note: string
  manifest: string
  warnings?: string[]
  error?: string
}

describe('c03-validation', () => {
  const cases: Case[] = parse(readFileSync(new URL('recorded/c03-validation.yaml', import.meta.url), 'utf8'))
  test.each(cases.map((c) => [c.note, c] as const))('%s', (_note, { manifest, error = '', warnings = [] }) => {
    expect(create(manifest)).toEqual({ error: error.trimEnd(), warnings })
  })
})
