import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { createWorld } from '../../src/cluster/index.ts'
import { prove, Recording } from '../../src/scenario/index.ts'

const type = (recording: Recording, world: ReturnType<typeof createWorld>, lines: readonly string[]): void => {
  for (const line of lines) {
    recording.typed(line, world.home.name)
    world.run(line)
  }
}

test('what was broken and repaired becomes a scenario that is proven as it stands', () => {
  const world = createWorld({ cluster: 'default' })
  const recording = new Recording(world, 'default')
  type(recording, world, ['kubectl get nodes', "ssh node01 'systemctl stop kubelet'", 'sleep 60'])
  recording.broken()
  type(recording, world, ['kubectl describe node node01', "ssh node01 'systemctl start kubelet'", 'sleep 20'])
  const draft = recording.draft('stopped')
  const { symptoms, given, goals, solution } = parse(draft)
  expect(symptoms[0]).toEqual({
    type: 'object',
    kind: 'Node',
    name: 'node01',
    path: '.status.conditions[?(@.type=="Ready")].status',
    matches: '^(False|Unknown)$',
  })
  expect(given).toEqual([{ run: "ssh node01 'systemctl stop kubelet'", allowFailure: true }, { wait: '61s' }])
  expect(goals.map((g: any) => g.check)).toEqual([
    { type: 'ready', kind: 'Node', name: 'node01' },
    { type: 'ready', kind: 'DaemonSet', name: 'kube-proxy', namespace: 'kube-system' },
  ])
  expect(solution).toEqual(["ssh node01 'systemctl start kubelet'"])
  expect(prove('stopped.yaml', draft, () => undefined).findings.filter((f) => !f.ok)).toEqual([])
}, 120_000)

test('claims and Services are broken and repaired as well', () => {
  const world = createWorld({ cluster: 'single' })
  const recording = new Recording(world, 'single')
  const claim =
    '{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: shelf}, spec: {accessModes: [ReadWriteOnce], storageClassName: none, resources: {requests: {storage: 1Gi}}}}'
  const volume =
    '{apiVersion: v1, kind: PersistentVolume, metadata: {name: shelf}, spec: {accessModes: [ReadWriteOnce], storageClassName: none, capacity: {storage: 1Gi}, hostPath: {path: /srv}}}'
  type(recording, world, [
    'kubectl create deployment shop --image=nginx:1.27',
    'kubectl create service clusterip shop --tcp=80:80',
    'sleep 15',
    'kubectl set selector service shop app=shopp',
    `echo '${claim}' | kubectl create -f -`,
    'sleep 15',
  ])
  recording.broken()
  type(recording, world, [
    'kubectl set selector service shop app=shop',
    `echo '${volume}' | kubectl create -f -`,
    'sleep 30',
  ])
  const draft = recording.draft('mixed')
  expect(parse(draft).goals.map(({ id }: any) => id)).toEqual(['shelf-bound', 'shop-answers'])
  expect(prove('mixed.yaml', draft, () => undefined).findings.filter((f) => !f.ok)).toEqual([])
}, 120_000)

test('an editor is told by what it made of the file, lines that go on belong together, looks and logins are left out', () => {
  const world = createWorld({ cluster: 'single' })
  const recording = new Recording(world, 'single')
  const home = world.home.name
  recording.typed('vim /etc/motd', home)
  world.write('/etc/motd', 'Welcome')
  recording.typed('for i in 1 2', home)
  recording.typed('do touch /tmp/$i; done', undefined)
  for (const look of [
    'kubectl -n kube-system get pods -o wide',
    'journalctl -u kubelet',
    'ssh node01',
    'exit',
    '# why?',
  ])
    recording.typed(look, home)
  recording.typed('kubectl get cm -o yaml > /root/cm.yaml', home)
  recording.typed('kubectl edit cm kubelet-config', home)
  const draft = recording.draft('edited')
  expect(parse(draft).given.map((g: any) => g.run)).toEqual([
    "cat > /etc/motd <<'RECORDED'\nWelcome\nRECORDED",
    'for i in 1 2\ndo touch /tmp/$i; done',
    'kubectl get cm -o yaml > /root/cm.yaml',
    'kubectl edit cm kubelet-config',
  ])
  expect(draft).toContain('# an editor cannot be replayed: say it with kubectl patch, set or apply')
  expect(draft).toContain('# nothing that was broken is well again: say what should hold')
})

test('what one editor broke and another repaired is told as it was then, also by a name in the folder', () => {
  const world = createWorld({ cluster: 'single' })
  const recording = new Recording(world, 'single')
  const home = world.home.name
  world.write('/etc/motd', 'Welcome')
  recording.typed('vi motd', home, '/etc')
  world.write('/etc/motd', 'Welcom')
  recording.broken()
  recording.typed('vi /etc/motd', home)
  world.write('/etc/motd', 'Welcome')
  recording.typed('vi /etc/hosts', home)
  const { given, solution } = parse(recording.draft('motd'))
  expect(given.map((g: any) => g.run)).toEqual(["cat > /etc/motd <<'RECORDED'\nWelcom\nRECORDED"])
  expect(solution).toEqual(["cat > /etc/motd <<'RECORDED'\nWelcome\nRECORDED"])
})

test('a look is left out as a whole; what begins like one and changes something is kept', () => {
  const world = createWorld({ cluster: 'single' })
  const recording = new Recording(world, 'single')
  const home = world.home.name
  recording.typed('touch /root/a', home)
  recording.typed('kubectl get pods -A | grep kube 2>/dev/null | sort; date', home)
  recording.typed('kubectl get pods |', home)
  recording.typed('grep web', undefined)
  const kept = [
    "kubectl get cm x -o yaml | sed 's/a/b/' | kubectl apply -f -",
    'cat /etc/hosts; rm /etc/hosts',
    'date -s 12:00',
    'cd /etc/kubernetes/manifests',
    'ls $(touch /root/b)',
    "sed -i 's/a/b/' x",
    'hostname node77',
  ]
  for (const line of kept) recording.typed(line, home)
  expect(parse(recording.draft('looks')).given.map((g: any) => g.run)).toEqual(['touch /root/a', ...kept])
})
