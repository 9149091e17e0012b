import { expect, test } from 'vitest'
import { clusterPlan, World } from '../../../src/cluster/index.ts'

const FERRIES = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: ferries.harbour.example }
spec:
  group: harbour.example
  scope: Namespaced
  names: { kind: Ferry, plural: ferries, singular: ferry, shortNames: [fy] }
  versions:
    - { name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object } } }
`

/** What is asked right after the kind was made, in one session: the lists that `create` read are cached. */
function asked(line: string): string {
  const world = new World(clusterPlan('single')!, 1)
  world.advance(120_000)
  const script = `kubectl create -f - <<EOF\n${FERRIES}EOF\nsleep 3\n${line}`
  return world.run(script).stderr
}

/** DeferredDiscoveryRESTMapper asks again. */
test.each(['ferries', 'ferry', 'ferries.harbour.example'])(
  'a kind younger than the cached lists is found: %s',
  (name) => {
    expect(asked(`kubectl get ${name}`)).toBe('No resources found in default namespace.\n')
  },
)
