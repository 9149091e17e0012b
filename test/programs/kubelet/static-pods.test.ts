import { beforeAll, describe, expect, test } from 'vitest'
import { createWorld, type World } from '../../../src/cluster/index.ts'
import { parseManifest } from '../../../src/programs/kubelet/manifest.ts'

const MANIFEST = 'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: c, image: nginx}]}\n'
const uid = (path: string, text: string, node = 'cp1'): unknown => parseManifest(path, text, node).metadata.uid

test('a static pod is told by what it says, its file and its node', () => {
  const own = uid('/m/web.yaml', MANIFEST)
  expect(own).toMatch(/^[0-9a-f]{32}$/)
  expect(uid('/m/web.yaml', `# a comment\n${MANIFEST}`)).toBe(own)
  expect(uid('/m/web.yaml.bak', MANIFEST)).not.toBe(own)
  expect(uid('/m/web.yaml', MANIFEST, 'cp2')).not.toBe(own)
})

describe('when etcd has gone', () => {
  let world: World
  beforeAll(() => {
    world = createWorld({ cluster: 'single' })
    world.sh(
      "sed 's/--cert-file=.*/--cert-file=\\/nope.crt/' /etc/kubernetes/manifests/etcd.yaml > /root/etcd.yaml; cp /root/etcd.yaml /etc/kubernetes/manifests/; crictl stop $(crictl ps -q --name etcd)",
    )
    world.advance(25_000)
  })

  test('the new pod waits until the API server has said what becomes of the old mirror pod', () => {
    expect(world.sh('crictl ps -a -q --name etcd').stdout).toBe('')
    expect(world.sh('journalctl -u kubelet -o cat | grep -c "Trying to delete pod"').stdout).toBe('1\n')
  })
})
