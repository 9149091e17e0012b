import { beforeAll, describe, expect, test } from 'vitest'
import { createWorld, type World } from '../../../src/cluster/index.ts'
import { parseFlags } from '../../../src/programs/kubelet/flags.ts'
import { parseManifest } from '../../../src/programs/kubelet/manifest.ts'

const WEB = '/etc/kubernetes/manifests/web.yaml'
const POD = `printf 'apiVersion: v1\\nkind: Pod\\nmetadata: {name: web}\\nspec:\\n  containers:\\n  - {name: c, image: "nginx:1.27"}\\n'`

test.each([
  [['-v', '2'], 2],
  [['--v=4'], 4],
  [['-v=0'], 0],
  [[], undefined],
])('%j asks for %s', (args, verbosity) => {
  expect(parseFlags(args).verbosity).toBe(verbosity)
})

test('a level is a number', () => {
  expect(() => parseFlags(['-v=much'])).toThrow(
    'failed to parse kubelet flag: invalid argument "much" for "-v, --v" flag: strconv.ParseInt: parsing "much": invalid syntax',
  )
})

/** Lines of the log since the mark, without their heads; ids are `#`. */
const log = (world: World, since: string): string[] =>
  world
    .sh(`journalctl -u kubelet -o cat --since '${since}'`)
    .stdout.split('\n')
    .filter((line) => /web|file\.go|sed/.test(line))
    .map((line) =>
      line
        .replace(/^(\w)\d{4} \S+ +\d+ /, '$1 ')
        .replace(/\b[0-9a-f]{32,64}\b|[0-9a-f]{8}-[0-9a-f-]{27}/g, '#')
        .replace(/manifests\/sed\w{6}/g, 'manifests/sed#'),
    )

describe('with -v=2', () => {
  let world: World
  const since = (): string => world.sh("date '+%F %T'").stdout.trim()
  beforeAll(() => {
    world = createWorld({ cluster: 'single' })
    world.sh(`sed -i 's#^KUBELET_KUBEADM_ARGS="#&-v=2 #' /var/lib/kubelet/kubeadm-flags.env; systemctl restart kubelet`)
    world.advance(30_000)
  })

  test('a static pod is followed from its file to its container', () => {
    const mark = since()
    world.sh(`${POD} > /root/web.yaml; cat /root/web.yaml > ${WEB}`)
    world.advance(8000)
    expect(log(world, mark).filter((l) => !l.includes('PLEG'))).toEqual([
      `E file.go:108] "Unable to process watch event" err="can't process config file \\"${WEB}\\": ${WEB}: couldn't parse as pod(Object 'Kind' is missing in 'null'), please check config file"`,
      'I kubelet.go:2724] "SyncLoop ADD" source="file" pods=["default/web-kind-control-plane"]',
      'I util.go:34] "No sandbox for pod can be found. Need to start a new one" pod="default/web-kind-control-plane"',
      'I kubelet.go:3514] "Creating a mirror pod for static pod" pod="default/web-kind-control-plane"',
      'I kubelet.go:2724] "SyncLoop ADD" source="api" pods=["default/web-kind-control-plane"]',
      'I util.go:34] "No sandbox for pod can be found. Need to start a new one" pod="default/web-kind-control-plane"',
    ])
    expect(log(world, mark).filter((l) => l.includes('PLEG'))).toEqual(
      Array(2).fill(
        'I kubelet.go:2752] "SyncLoop (PLEG): event for pod" pod="default/web-kind-control-plane" event={"ID":"#","Type":"ContainerStarted","Data":"#"}',
      ),
    )
  })

  test("an edit is seen in sed's temporary file first, and its pod waits ten seconds and more for its turn", () => {
    const mark = since()
    world.sh(`sed -i 's/1.27/1.26/' ${WEB}`)
    world.advance(9000)
    const lines = log(world, mark)
    expect(lines.slice(0, 7)).toEqual([
      ...Array(3).fill(
        `E file.go:108] "Unable to process watch event" err="can't process config file \\"/etc/kubernetes/manifests/sed#\\": /etc/kubernetes/manifests/sed#: couldn't parse as pod(Object 'Kind' is missing in 'null'), please check config file"`,
      ),
      ...['REMOVE', 'ADD', 'REMOVE', 'ADD'].map(
        (what) =>
          `I kubelet.go:${what === 'ADD' ? 2724 : 2734}] "SyncLoop ${what}" source="file" pods=["default/web-kind-control-plane"]`,
      ),
    ])
    expect(lines).toContain(
      'I status_manager.go:1173] "Pod was deleted and then recreated, skipping status update" pod="default/web-kind-control-plane" oldPodUID="#" podUID="#"',
    )
    // Until then the mirror pod shows the old one, as it was.
    const image = "kubectl get pod web-kind-control-plane -o jsonpath='{.spec.containers[0].image} {.status.phase}'"
    expect(world.sh(image).stdout).toBe('nginx:1.27 Running')
    world.advance(9000)
    expect(world.sh(image).stdout).toBe('nginx:1.26 Running')
  })

  test('of two files with one pod the later one counts', () => {
    const mark = since()
    world.sh(`sed 's/1.26/1.25/' ${WEB} > /root/b; cp /root/b ${WEB}.bak`)
    world.advance(18_000)
    expect(world.sh("kubectl get pod web-kind-control-plane -o jsonpath='{.spec.containers[0].image}'").stdout).toBe(
      'nginx:1.25',
    )
    expect(log(world, mark).filter((l) => l.includes('Killing container'))).toHaveLength(1)
  })

  test('a pod in a namespace that does not exist runs unseen', () => {
    const mark = since()
    world.sh(
      `rm ${WEB}.bak; sed 's/{name: web}/{name: web, namespace: nosuch}/' /root/web.yaml > /root/n; cp /root/n ${WEB}`,
    )
    world.advance(18_000)
    expect(world.sh('crictl pods -q --namespace nosuch | wc -l').stdout.trim()).toBe('1')
    const rejected = log(world, mark).filter((l) => l.includes('Server rejected event'))
    expect(rejected).toHaveLength(3)
    expect(rejected[0]).toMatch(
      /^E event\.go:359\] "Server rejected event \(will not retry!\)" err="namespaces \\"nosuch\\" not found" event="&Event\{ObjectMeta:\{web-kind-control-plane\.[0-9a-f]{16} {2}nosuch {4}0 0001-01-01 00:00:00 \+0000 UTC <nil> <nil> map\[\] map\[\] \[\] \[\] \[\]\},InvolvedObject:ObjectReference\{Kind:Pod,Namespace:nosuch,/,
    )
  })
})

test.each([
  ['serviceAccountName: a', 'serviceaccounts'],
  ['volumes: [{name: v, secret: {secretName: s}}]', 'secrets'],
  ['volumes: [{name: v, projected: {sources: [{configMap: {name: x}}]}}]', 'configmaps'],
])('a static pod may not refer to the API: %s', (field, resource) => {
  const text = `apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  ${field}\n  containers: [{name: c, image: nginx}]\n`
  expect(() => parseManifest('/m/web.yaml', text, 'cp1')).toThrow(`static pods may not reference ${resource}`)
})
