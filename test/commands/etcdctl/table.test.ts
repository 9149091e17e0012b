import { expect, test } from 'vitest'
import { table } from '../../../src/commands/etcdctl/table.ts'

/** recordings/etcd/17: the alarm is wrapped, and its column stays as wide as the longest line could be. */
test('a wrapped cell keeps the full width of its column', () => {
  expect(table(['ERRORS', 'X'], [['memberID:3176423759568262804 alarm:NOSPACE ', '']])).toBe(
    `+--------------------------------+---+
|             ERRORS             | X |
+--------------------------------+---+
|   memberID:3176423759568262804 |   |
|                 alarm:NOSPACE  |   |
+--------------------------------+---+
`,
  )
})
