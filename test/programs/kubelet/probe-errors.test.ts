import { expect, test } from 'vitest'
import { createWorld } from '../../../src/cluster/index.ts'

/** Kubelet 1.36, containerd 2.1.9 and runc 1.3.6 said so on a machine of our own (2026-11-22). */
const pod = (name: string, container: string, volumes = '[]'): string => `
apiVersion: v1
kind: Pod
metadata: { name: ${name} }
spec:
  restartPolicy: Never
  terminationGracePeriodSeconds: 1
  volumes: ${volumes}
  containers: [{ name: c, image: "busybox:1.36", command: [sleep, "3600"], ${container} }]
`

const told = (world: ReturnType<typeof createWorld>, name: string): string[] =>
  world
    .sh(
      `kubectl get events --field-selector involvedObject.name=${name},type=Warning -o jsonpath='{range .items[*]}{.message}{"\\n"}{end}'`,
    )
    .stdout.replace(/[0-9a-f]{64}/g, '<id>')
    .replace(/[0-9a-f]{8}(?:-[0-9a-f]+){4}/g, '<uid>')
    .trim()
    .split('\n')

test('a probe that cannot be made says nothing about its container: it is neither restarted nor unready for it', () => {
  const world = createWorld({ cluster: 'single' })
  const probe = 'periodSeconds: 2, failureThreshold: 2'
  world.sh(
    `kubectl apply -f - <<EOF${pod('missing', `livenessProbe: { exec: { command: [nosuch] }, ${probe} }`)}---${pod('named', `livenessProbe: { httpGet: { port: web }, ${probe} }`)}EOF`,
  )
  world.advance(40_000)
  expect(world.sh('kubectl get pods --no-headers').stdout.replace(/\d+s$/gm, '…')).toBe(
    'missing   1/1   Running   0     …\nnamed     1/1   Running   0     …\n',
  )
  expect([told(world, 'missing')[0], told(world, 'named')]).toEqual([
    'Liveness probe errored and resulted in unknown state: rpc error: code = Unknown desc = failed to exec in container: failed to start exec "<id>": OCI runtime exec failed: exec failed: unable to start container process: exec: "nosuch": executable file not found in $PATH',
    ['Liveness probe errored and resulted in unknown state: strconv.Atoi: parsing "web": invalid syntax'],
  ])
})

test('volumes of configuration are read only, directories for mounts below are made in them, and files mounted elsewhere stay', () => {
  const world = createWorld({ cluster: 'single' })
  const volumes = '[{ name: v, configMap: { name: cm } }, { name: e, emptyDir: {} }]'
  const mounts = (list: string): string => `volumeMounts: [${list}]`
  world.sh(
    `kubectl create cm cm --from-literal=a=1; kubectl apply -f - <<EOF${pod('ok', mounts('{ name: v, mountPath: /v }, { name: e, mountPath: /v/x/y }'), volumes)}---${pod('file', mounts('{ name: e, mountPath: /v, readOnly: true }, { name: v, mountPath: /v/f, subPath: a }'), volumes)}---${pod('kind', mounts('{ name: v, mountPath: /tmp, subPath: a }'), volumes)}---${pod('sub', mounts('{ name: v, mountPath: /x, subPath: a/b }'), volumes)}EOF`,
  )
  world.advance(15_000)
  expect(
    world.sh("kubectl exec ok -- sh -c 'echo 1 > /v/n; rm /v/a; rm /etc/hosts; echo 1 > /v/x/y/z; cat /v/a'"),
  ).toMatchObject({
    stdout: '1',
    stderr:
      "sh: can't create /v/n: Read-only file system\nrm: can't remove '/v/a': Read-only file system\nrm: can't remove '/etc/hosts': Device or resource busy\n",
  })
  const start =
    'Error: failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: '
  const source = '/var/lib/kubelet/pods/<uid>/volume-subpaths/v/c'
  expect([told(world, 'file'), told(world, 'kind'), told(world, 'sub')]).toEqual([
    [
      `${start}error mounting "${source}/1" to rootfs at "/v/f": create mountpoint for /v/f mount: make mountpoint "/v/f": read-only file system: unknown`,
    ],
    [
      `${start}error mounting "${source}/0" to rootfs at "/tmp": mount src=${source}/0, dst=/tmp, dstFd=/proc/thread-self/fd/14, flags=MS_RDONLY|MS_BIND|MS_REC: not a directory: unknown`,
    ],
    ['Error: failed to prepare subPath for volumeMount "v" of container "c"'],
  ])
})

test('a pod that sets what is not its own is turned away, unless the node allows it', () => {
  const world = createWorld({ cluster: 'single' })
  const set = (name: string): string =>
    pod(name, 'tty: false').replace(
      'restartPolicy: Never',
      'restartPolicy: Never\n  securityContext: { sysctls: [{ name: net.core.somaxconn, value: "1024" }] }',
    )
  world.sh(`kubectl apply -f - <<EOF${set('refused')}EOF`)
  world.advance(5_000)
  expect(world.sh("kubectl get pod refused -o jsonpath='{.status.phase} {.status.reason} {.status.message}'").stdout).toBe(
    'Failed SysctlForbidden Pod was rejected: forbidden sysctl: "net.core.somaxconn" not allowlisted',
  )
  world.sh(
    'echo "allowedUnsafeSysctls: [net.core.*]" >> /var/lib/kubelet/config.yaml; systemctl restart kubelet; sleep 10',
  )
  world.sh(`kubectl apply -f - <<EOF${set('allowed')}EOF`)
  world.advance(10_000)
  expect(world.sh('kubectl exec allowed -- cat /proc/sys/net/core/somaxconn').stdout).toBe('1024\n')
})

test('a failed hook, a missing variable and several missing sources are told whole', () => {
  const world = createWorld({ cluster: 'single' })
  const volumes =
    '[{ name: v, projected: { sources: [{ configMap: { name: gone } }, { secret: { name: away } }] } }, { name: e, emptyDir: {} }]'
  const hook = 'lifecycle: { postStart: { exec: { command: [sh, -c, "echo out; echo err >&2; exit 5"] } } }'
  world.sh(
    `kubectl apply -f - <<EOF${pod('hook', hook)}---${pod('sub', 'volumeMounts: [{ name: e, mountPath: /e, subPathExpr: $(NO)/x }]'.replace('$', '\\$'), volumes.replace(/projected: .*? \} \}\] \}/, 'emptyDir: {}'))}---${pod('sources', 'volumeMounts: [{ name: v, mountPath: /v }]', volumes)}EOF`,
  )
  world.advance(8_000)
  const waiting = (name: string): string =>
    world.sh(`kubectl get pod ${name} -o jsonpath='{.status.containerStatuses[0].state.*.message}'`).stdout
  expect([
    waiting('sub'),
    told(world, 'sources'),
    world
      .sh("journalctl -u kubelet -o cat | grep -o 'with PostStartHookError: .*' | head -1")
      .stdout.replace(/[0-9a-f]{8}(?:-[0-9a-f]+){4}/g, '<uid>')
      .replace(/\\+/g, ''),
  ]).toEqual([
    'missing value for NO',
    ['MountVolume.SetUp failed for volume "v" : [configmap "gone" not found, secret "away" not found]'],
    'with PostStartHookError: "Exec lifecycle hook ([sh -c echo out; echo err >&2; exit 5]) for Container "c" in Pod "hook_default(<uid>)" failed - error: command \'sh -c echo out; echo err >&2; exit 5\' exited with 5: errn, message: "outnerrn""" pod="default/hook" podUID="<uid>"\n',
  ])
})
