import { expect, test } from 'vitest'
import { goSort } from '../../src/print/index.ts'

/** Keys of 70 ConfigMaps, and their order after `kubectl get cm --sort-by=.data.k` (kubectl 1.36.4, Go 1.27; up to Go 1.23 the pivots were shuffled otherwise). */
const KEYS = 'acddbcabbddbdaccddaaadccbacdadabcbaadacbcabbacdabddcbaccabaadaabcacadb'
const ORDER = [18, 19, 67, 65, 37, 41, 6, 35, 34, 20, 61, 30, 59, 13, 58, 28, 56, 53, 44, 47, 62, 25, 0, 31, 33, 52, 39, 69, 48, 24, 43, 57, 42, 11, 8, 7, 63, 4, 51, 54, 40, 1, 32, 66, 64, 45, 5, 26, 23, 14, 15, 22, 55, 38, 17, 10, 16, 50, 49, 12, 60, 21, 9, 46, 27, 3, 29, 2, 68, 36]

test('equal items end up where Go leaves them', () => {
  const items = [...KEYS].map((key, i) => ({ key, i }))
  expect(goSort(items, (a, b) => a.key < b.key).map((item) => item.i)).toEqual(ORDER)
})
