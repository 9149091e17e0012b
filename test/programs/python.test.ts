import { expect, test } from 'vitest'
import { createWorld } from '../../src/cluster/index.ts'

test('python3 -m json.tool lays JSON out; python without a terminal has nothing to do', () => {
  const world = createWorld({ cluster: 'single' })
  expect(world.sh(`echo '{"a":[1,{}],"b":"é"}' | python3 -m json.tool`)).toEqual({
    exit: 0,
    stdout: '{\n    "a": [\n        1,\n        {}\n    ],\n    "b": "\\u00e9"\n}\n',
    stderr: '',
  })
  world.sh('kubectl run py --image=python:3.11-slim --restart=Never; sleep 15')
  expect(world.sh('kubectl get pod py -o jsonpath={.status.phase}').stdout).toBe('Succeeded')
})
