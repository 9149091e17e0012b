import { expect, test } from 'vitest'
import { createWorld } from '../../../src/cluster/index.ts'

/** Operations on a Deployment in a file, and what kubectl 1.36.4 said of them with --local. */
const SAID: readonly [operation: string, words: string][] = [
  [
    '{"op":"remove","path":"/x"}',
    "error: error in remove for path: '/x': unable to remove nonexistent key: x: missing value",
  ],
  ['{"op":"replace","path":"/x","value":1}', 'error: Object to be patched is missing field (/x: missing value)'],
  [
    '{"op":"replace","path":"/x/y","value":1}',
    'error: replace operation does not apply: doc is missing path: /x/y: missing value',
  ],
  [
    '{"op":"add","path":"/x/y","value":1}',
    'error: add operation does not apply: doc is missing path: "/x/y": missing value',
  ],
  [
    '{"op":"add","path":"/spec/template/spec/containers/9","value":1}',
    "error: error in add for path: '/spec/template/spec/containers/9': Unable to access invalid index: 9: invalid index referenced",
  ],
  [
    '{"op":"add","path":"/spec/template/spec/containers/x","value":1}',
    `error: error in add for path: '/spec/template/spec/containers/x': value was not a proper array index: 'x': strconv.Atoi: parsing "x": invalid syntax`,
  ],
  [
    '{"op":"remove","path":"/spec/template/spec/containers/-"}',
    `error: error in remove for path: '/spec/template/spec/containers/-': strconv.Atoi: parsing "-": invalid syntax`,
  ],
  [
    '{"op":"replace","path":"/spec/template/spec/containers/9","value":1}',
    'error: Object to be patched is missing field (/spec/template/spec/containers/9: missing value)',
  ],
  ['{"op":"test","path":"/spec/replicas","value":99}', 'error: testing value /spec/replicas failed: test failed'],
  [
    '{"op":"copy","from":"/spec/x","path":"/spec/y"}',
    "error: error in copy for from: '/spec/x': unable to get nonexistent key: x: missing value",
  ],
  [
    '{"op":"move","from":"/spec/x","path":"/spec/y"}',
    "error: error in move for path: 'x': unable to get nonexistent key: x: missing value",
  ],
  [
    '{"op":"move","path":"/spec/y"}',
    `error: invalid operation {"op":"move","path":"/spec/y"}: failed to decode 'from': operation, missing from field: missing value`,
  ],
  [
    '{"op":"nosuch","path":"/spec/y"}',
    'error: invalid operation {"op":"nosuch","path":"/spec/y"}: unsupported operation',
  ],
]

test('what kubectl says of a JSON patch that does not fit', () => {
  const world = createWorld()
  world.run('kubectl create deployment web --image=nginx --dry-run=client -o yaml > d.yaml')
  const said = SAID.map(([operation]) => {
    const { exit, stdout, stderr } = world.run(`kubectl patch -f d.yaml --local --type=json -p '[${operation}]'`)
    return [operation, `${exit}${stdout}${stderr}`]
  })
  expect(said).toEqual(SAID.map(([operation, words]) => [operation, `1${words}\n`]))
})
