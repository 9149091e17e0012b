import { expect, test } from 'vitest'
import { goSort } from '../../src/print/index.ts'

/** Keys of 70 ConfigMaps, and their order after `kubectl get cm --sort-by=.data.k` (kubectl 1.32, Go 1.23). */
const KEYS = 'acddbcabbddbdaccddaaadccbacdadabcbaadacbcabbacdabddcbaccabaadaabcacadb'
const ORDER = [
  18, 41, 67, 65, 37, 19, 6, 35, 34, 62, 61, 30, 59, 13, 58, 28, 56, 53, 44, 47, 25, 20, 0, 57, 31, 52, 11, 8, 48, 24,
  69, 43, 42, 33, 39, 7, 63, 4, 51, 54, 40, 1, 32, 66, 64, 45, 5, 26, 23, 14, 15, 22, 55, 38, 17, 10, 16, 50, 49, 12,
  60, 21, 9, 46, 27, 3, 29, 2, 68, 36,
]

test('equal items end up where Go leaves them', () => {
  const items = [...KEYS].map((key, i) => ({ key, i }))
  expect(goSort(items, (a, b) => a.key < b.key).map((item) => item.i)).toEqual(ORDER)
})
