import { describe, expect, test } from 'vitest'
import { NodeWorld } from './world.ts'

const sh = (script: string): { command: string[] } => ({ command: ['sh', '-c', script] })
const SLEEP = { command: ['sleep', '1000'] }

/** STATUS as `kubectl get pods` derives it, for one container. */
function shown(w: NodeWorld, name: string): string {
  const status = w.status(name)
  const s = (status.initContainerStatuses ?? status.containerStatuses)?.[0]
  return status.reason ?? s?.state.waiting?.reason ?? s?.state.terminated?.reason ?? status.phase
}

describe('kubelet', () => {
  test('registers its node, and runs a pod from the API', () => {
    const w = new NodeWorld()
    w.kernel.advance(3000)
    const node = w.client.find('Node', undefined, 'node01')
    expect(node?.status.conditions.map((c: any) => `${c.type}=${c.status}`)).toEqual([
      'MemoryPressure=False',
      'DiskPressure=False',
      'PIDPressure=False',
      'Ready=True',
    ])
    w.pod('web', SLEEP)
    w.kernel.advance(3000)
    expect(w.status('web')).toMatchObject({
      phase: 'Running',
      podIP: '10.244.1.2',
      containerStatuses: [{ ready: true, started: true, restartCount: 0, lastState: {}, resources: {} }],
    })
    expect(w.events('web')).toEqual([
      'Normal Pulled x1 Container image "busybox:1.36" already present on machine and can be accessed by the pod',
      'Normal Created x1 Container created',
      'Normal Started x1 Container started',
    ])
  })

  test.each([
    ['fails', sh('exit 1'), {}, 'Error', 2],
    ['nocmd', { command: ['nosuchcmd'] }, {}, 'RunContainerError', 2],
    ['pull', { image: 'nginx:notexist' }, {}, 'ImagePullBackOff', 0],
    ['nocm', { ...SLEEP, envFrom: [{ configMapRef: { name: 'x' } }] }, {}, 'CreateContainerConfigError', 0],
    ['badname', { image: 'nginx:1:2' }, {}, 'InvalidImageName', 0],
    ['never', sh('exit 2'), { restartPolicy: 'Never' }, 'Error', 0],
    ['done', sh('echo ok'), { restartPolicy: 'Never' }, 'Completed', 0],
    ['big', { resources: { requests: { cpu: '64' } } }, {}, 'OutOfcpu', undefined],
    ['sel', SLEEP, { nodeSelector: { disk: 'ssd' } }, 'NodeAffinity', undefined],
    ['old', SLEEP, { activeDeadlineSeconds: 3, terminationGracePeriodSeconds: 1 }, 'DeadlineExceeded', 0],
  ])('%s shows what the recordings i17 and b01 show after 20 seconds', (name, container, spec, status, restarts) => {
    const w = new NodeWorld()
    w.kernel.advance(3000)
    w.pod(name, container, spec)
    w.kernel.advance(20_000)
    expect([shown(w, name), w.status(name).containerStatuses?.[0].restartCount]).toEqual([status, restarts])
  })

  test('the back-off of what ends at once shows within seconds where a probe looks for it (cp-10)', () => {
    const inSeconds = (probe: object): string => {
      const w = new NodeWorld()
      w.kernel.advance(12_000)
      w.pod('loop', { ...sh('exit 1'), ...probe })
      w.kernel.advance(6000)
      return shown(w, 'loop')
    }
    expect(inSeconds({})).toBe('Error')
    expect(inSeconds({ readinessProbe: { exec: SLEEP, periodSeconds: 1 } })).toBe('CrashLoopBackOff')
  })

  test('a missing volume source is tried on a doubling back-off until it appears', () => {
    const w = new NodeWorld()
    w.kernel.advance(3000)
    w.pod(
      'v',
      { ...SLEEP, volumeMounts: [{ name: 'v', mountPath: '/v' }] },
      { volumes: [{ name: 'v', configMap: { name: 'cm' } }] },
    )
    w.kernel.advance(101_000)
    expect(w.events('v')).toEqual([
      'Warning FailedMount x8 MountVolume.SetUp failed for volume "v" : configmap "cm" not found',
    ])
    w.client.create({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'cm', namespace: 'default' },
      data: { a: 'b' },
    } as never)
    w.kernel.advance(60_000)
    expect(w.status('v').phase).toBe('Running')
  })

  test('PID 1 without a handler needs the whole grace period; then nothing is left', () => {
    const w = new NodeWorld()
    w.kernel.advance(3000)
    w.pod('web', SLEEP)
    w.kernel.advance(3000)
    w.client.remove('Pod', 'default', 'web')
    w.kernel.advance(29_000)
    expect(w.status('web')?.phase).toBe('Running')
    w.kernel.advance(3000)
    expect(w.status('web')).toBeUndefined()
    expect([...w.host.processes.values()].map((p) => p.program.name)).toEqual(['containerd', 'kubelet'])
  })

  test('static pods run, are mirrored, and go with their manifest', () => {
    const w = new NodeWorld()
    const path = '/etc/kubernetes/manifests/web.yaml'
    w.kernel.advance(3000)
    const manifest =
      'apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: kube-system}\nspec:\n  hostNetwork: true\n  terminationGracePeriodSeconds: 1\n  containers: [{name: c, image: "busybox:1.36", command: [sleep, "1000"]}]\n'
    w.host.fs.writeFile(path, manifest)
    w.kernel.advance(4000)
    expect(w.status('web-node01', 'kube-system')).toMatchObject({ phase: 'Running', podIP: '192.168.56.11' })
    w.host.fs.writeFile(path, 'apiVersion: v1\n')
    w.kernel.advance(1000)
    expect(w.log.text()).toContain(
      `"Unable to process watch event" err="can't process config file \\"${path}\\": ${path}: couldn't parse as pod(Object 'Kind' is missing in '{\\"apiVersion\\":\\"v1\\"}'), please check config file"`,
    )
    expect(w.status('web-node01', 'kube-system')).toBeDefined()
    w.kernel.advance(25_000)
    expect(w.status('web-node01', 'kube-system')).toBeUndefined()
  })

  test('a hostPath is looked up at each start of a container: what was exchanged meanwhile is seen then', () => {
    const w = new NodeWorld()
    const { fs } = w.host
    fs.mkdir('/data')
    w.kernel.advance(3000)
    w.pod(
      'web',
      { command: ['cat', '/data/x'], volumeMounts: [{ name: 'd', mountPath: '/data' }] },
      { volumes: [{ name: 'd', hostPath: { path: '/data', type: 'Directory' } }] },
    )
    w.kernel.advance(3000)
    expect(w.status('web').containerStatuses[0]).toMatchObject({ ready: false })
    fs.rename('/data', '/data.old')
    fs.mkdir('/data')
    fs.writeFile('/data/x', 'new')
    w.kernel.advance(45_000)
    const { containerStatuses } = w.status('web')
    expect(containerStatuses[0].state.terminated ?? containerStatuses[0].lastState.terminated).toMatchObject({
      exitCode: 0,
    })
  })

  test('containers outlive the kubelet and the runtime, and are taken up again', () => {
    const w = new NodeWorld()
    w.kernel.advance(3000)
    w.pod('web', SLEEP)
    w.kernel.advance(3000)
    const before = w.status('web').containerStatuses[0].containerID
    w.kubelet.kill('SIGTERM')
    w.daemon.kill('SIGTERM')
    w.kernel.advance(1000)
    w.startKubelet()
    w.kernel.advance(1000)
    expect(w.log.text().trimEnd().split('\n').at(-1)).toContain(
      'run.go:72] "command failed" err="failed to run Kubelet: validate service connection: validate CRI v1 runtime API for endpoint \\"unix:///run/containerd/containerd.sock\\": rpc error: code = Unavailable desc = connection error: desc = \\"transport: Error while dialing: dial unix /run/containerd/containerd.sock: connect: no such file or directory\\""',
    )
    w.startDaemon()
    w.kernel.advance(1000)
    w.startKubelet()
    w.kernel.advance(20_000)
    expect(w.status('web').containerStatuses[0]).toMatchObject({ containerID: before, ready: true, restartCount: 0 })
  })

  test.each([
    ['unknown flag', ['--nosuch-flag=1'], 'failed to parse kubelet flag: unknown flag: --nosuch-flag'],
    [
      'no config',
      ['--config=/x'],
      'failed to load kubelet config file, path: /x, error: failed to load Kubelet config file /x, error failed to read kubelet config file \\"/x\\", error: open /x: no such file or directory',
    ],
    [
      'no kubeconfig',
      ['--kubeconfig=/x', '--bootstrap-kubeconfig=/y'],
      'failed to run Kubelet: unable to load bootstrap kubeconfig: stat /y: no such file or directory',
    ],
  ])('last words: %s', (_case, args, words) => {
    const w = new NodeWorld()
    w.log.take()
    w.startKubelet(args)
    w.kernel.advance(1000)
    expect(w.log.text()).toContain(`run.go:72] "command failed" err="${words}"\n`)
  })
})
