import { expect, test } from 'vitest'
import { errorText } from '../../src/kinds/errors.ts'
import { validatePodUpdate } from '../../src/kinds/validation/pod-update.ts'

const MIRROR = 'kubernetes.io/config.mirror'
const pod = (annotations: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web-controlplane', annotations },
  spec: SPEC,
})
const SPEC = { containers: [{ name: 'c', image: 'nginx:1.27' }] }

// Recording control-plane/g03.
test.each([
  [{ [MIRROR]: 'a' }, {}, 'may not remove or update mirror pod annotation'],
  [{ [MIRROR]: 'a' }, { [MIRROR]: 'b' }, 'may not remove or update mirror pod annotation'],
  [{}, { [MIRROR]: 'a' }, 'may not add mirror pod annotation'],
])('%j → %j is forbidden', (old, next, detail) => {
  const [error] = validatePodUpdate(pod(next), pod(old))
  expect(errorText(error!)).toBe(`metadata.annotations[${MIRROR}]: Forbidden: ${detail}`)
})

test('other annotations may change', () => {
  expect(validatePodUpdate(pod({ [MIRROR]: 'a', 'kubernetes.io/config.hash': 'zz' }), pod({ [MIRROR]: 'a' }))).toEqual(
    [],
  )
})
