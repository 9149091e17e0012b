import { expect, test } from 'vitest'
import { createWorld } from '../../../src/cluster/index.ts'

const world = createWorld({ cluster: 'default' })
const sh = (line: string): string => {
  const { stdout, stderr } = world.sh(line)
  return (stdout + stderr).trim()
}
const pod = (name: string, spec: string): void =>
  void sh(`cat <<'X' | kubectl apply -f -\napiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec: {${spec}}\nX`)
const said = (name: string): string => sh(`kubectl get pod ${name} -o jsonpath='{.status.reason}: {.status.message}'`)
const FILL = 'dd if=/dev/zero of=$1 bs=1M count=30; sleep 3600'
const command = (path: string): string => `image: busybox, command: [sh, -c, "${FILL.replace('$1', path)}"]`

test('who fills more than the own limit is evicted', () => {
  pod(
    'vol',
    `containers: [{name: c, ${command('/d/x')}, volumeMounts: [{name: d, mountPath: /d}]}], volumes: [{name: d, emptyDir: {sizeLimit: 10Mi}}]`,
  )
  pod('layer', `containers: [{name: c, ${command('/x')}, resources: {limits: {ephemeral-storage: 10Mi}}}]`)
  pod('enough', `containers: [{name: c, ${command('/x')}, resources: {limits: {ephemeral-storage: 50Mi}}}]`)
  world.advance(90_000)
  expect(said('vol')).toBe('Evicted: Usage of EmptyDir volume "d" exceeds the limit "10Mi".')
  expect(said('layer')).toBe('Evicted: Pod ephemeral local storage usage exceeds the total limit of containers 10Mi.')
  expect(sh('kubectl get pod enough -o jsonpath={.status.phase}')).toBe('Running')
})

test('a generic ephemeral volume is a claim that comes and goes with its pod', () => {
  sh(`cat <<'X' | kubectl apply -f -
{apiVersion: v1, kind: PersistentVolume, metadata: {name: pv}, spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], hostPath: {path: /tmp/pv}}}
X`)
  pod(
    'gev',
    'containers: [{name: c, image: nginx, volumeMounts: [{name: d, mountPath: /d}]}], volumes: [{name: d, ephemeral: {volumeClaimTemplate: {spec: {accessModes: [ReadWriteOnce], storageClassName: "", resources: {requests: {storage: 1Gi}}}}}}]',
  )
  world.advance(30_000)
  expect(sh('kubectl get pvc gev-d -o jsonpath="{.status.phase} {.metadata.ownerReferences[0].name}"')).toBe(
    'Bound gev',
  )
  expect(sh('kubectl get pod gev -o jsonpath={.status.phase}')).toBe('Running')
  sh('kubectl delete pod gev')
  world.advance(5000)
  expect(sh('kubectl get pvc')).toBe('No resources found in default namespace.')
})

test('a runtime that containerd is not configured for makes no sandbox', () => {
  sh(
    `cat <<'X' | kubectl apply -f -\n{apiVersion: node.k8s.io/v1, kind: RuntimeClass, metadata: {name: gvisor}, handler: runsc}\nX`,
  )
  pod('gv', 'runtimeClassName: gvisor, nodeName: node01, containers: [{name: c, image: nginx}]')
  world.advance(5000)
  expect(sh('kubectl events --for pod/gv --types=Warning')).toContain(
    'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to get sandbox runtime: no runtime for "runsc" is configured',
  )
  const table = `[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runsc]\\n  runtime_type = "io.containerd.runsc.v1"\\n`
  sh(
    `ssh node01 'printf "${table.replaceAll('"', '\\"')}" >> /etc/containerd/config.toml; systemctl restart containerd'`,
  )
  world.advance(60_000)
  expect(sh('kubectl events --for pod/gv --types=Warning')).toContain('binary not installed "containerd-shim-runsc-v1"')
})
