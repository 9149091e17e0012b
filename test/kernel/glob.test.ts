import { expect, test } from 'vitest'
import { globRegex } from '../../src/kernel/index.ts'

test.each<[string, string[], string[]]>([
  ['kube*', ['kube', 'kubelet.service'], ['akube']],
  ['kube?et.service', ['kubelet.service'], ['kubelet_service', 'kubet.service']],
  ['[ab].conf', ['a.conf', 'b.conf'], ['c.conf', 'ab.conf', 'aXconf']],
  ['a+(b)|c$', ['a+(b)|c$'], ['aa', 'c']],
])('%s', (pattern, yes, no) => {
  const regex = globRegex(pattern)
  expect([...yes, ...no].filter((name) => regex.test(name))).toEqual(yes)
})
