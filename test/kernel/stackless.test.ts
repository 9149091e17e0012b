import { expect, test } from 'vitest'
import { Stackless } from '../../src/kernel/index.ts'

test('an error without a stack leaves those of others alone', () => {
  const error = new Stackless('gone')
  expect([error.message, error.stack]).toEqual(['gone', 'Error: gone'])
  expect(new Error('here').stack).toContain('stackless.test.ts')
})
