import { expect, test } from 'vitest'
import { createWorld } from '../../../src/cluster/index.ts'

test('FlowSchemas know whether the level that they name is there', () => {
  const world = createWorld({ cluster: 'single' })
  const missing = (): string[] =>
    world.sh(`kubectl get flowschemas --no-headers | awk '{print $1, $NF}'`).stdout.trim().split('\n')
  expect(missing().filter((line) => !line.endsWith(' False'))).toEqual([])
  world.sh(`kubectl apply -f - <<'X'
{apiVersion: flowcontrol.apiserver.k8s.io/v1, kind: FlowSchema, metadata: {name: x}, spec: {priorityLevelConfiguration: {name: nosuch}, rules: [{subjects: [{kind: User, user: {name: a}}], nonResourceRules: [{verbs: ["*"], nonResourceURLs: ["*"]}]}]}}
X`)
  world.advance(1000)
  expect(missing()).toContain('x True')
  expect(world.sh(`kubectl get flowschema x -o jsonpath='{.status.conditions[0].message}'`).stdout).toBe(
    'This FlowSchema references the PriorityLevelConfiguration object named "nosuch" but there is no such object',
  )
})
