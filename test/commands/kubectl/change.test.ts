import { describe, expect, test } from 'vitest'
import { kubectlWorld } from './cluster.ts'

const deployment = (image: string, replicas: number): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: ${replicas}
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
      - image: ${image}
        name: nginx
`

describe('changing objects', () => {
  test('set-last-applied writes the file as it stands; the client-side manager then keeps its fields (recording c02)', () => {
    const { run, host } = kubectlWorld([], { 'd.yaml': deployment('nginx:1.26', 2) })
    run('apply -f d.yaml')
    expect(run('apply set-last-applied -f d.yaml').stdout).toBe('deployment.apps/web configured\n')
    expect(run('apply set-last-applied -f d.yaml').stdout).toBe('set-last-applied web: no changes required.\n')
    run('apply --server-side -f d.yaml')
    host.fs.writeFile('/root/d.yaml', deployment('nginx:1.26', 4))
    expect(run('apply --server-side --field-manager=other -f d.yaml').stderr).toContain(
      'Apply failed with 2 conflicts: conflicts with "kubectl":\n- .spec.replicas\nconflicts with "kubectl-client-side-apply" using apps/v1:\n- .spec.replicas\n',
    )
  })

  test('apply says what it did, and keeps its record', () => {
    const { run, host } = kubectlWorld([], { 'd.yaml': deployment('nginx:1.26', 2) })
    expect(run('apply -f d.yaml')).toEqual({ exit: 0, stdout: 'deployment.apps/web created\n', stderr: '' })
    expect(run('apply -f d.yaml').stdout).toBe('deployment.apps/web unchanged\n')
    host.fs.writeFile('/root/d.yaml', deployment('nginx:1.27', 2))
    expect(run('apply -f d.yaml').stdout).toBe('deployment.apps/web configured\n')
    expect(run('get deploy web -o jsonpath={.spec.template.spec.containers[0].image}').stdout).toBe('nginx:1.27')
    expect(run('apply -f nosuch.yaml')).toEqual({
      exit: 1,
      stdout: '',
      stderr: 'error: the path "nosuch.yaml" does not exist\n',
    })
  })

  test('an apply set deletes what left the files, and is behind a variable (recording i05)', () => {
    const cm = (name: string): string =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: default}\n---\n`
    const { run, host } = kubectlWorld([], { 'set.yaml': cm('a') + cm('b') })
    const apply = 'apply -f set.yaml --prune --applyset=mine'
    expect(run(`${apply} -n default`).stderr).toBe(
      "error: unknown flag: --applyset\nSee 'kubectl apply --help' for usage.\n",
    )
    const env = { KUBECTL_APPLYSET: 'true' }
    expect(run(apply, { env }).stderr).toBe('error: namespace is required to use namespace-scoped ApplySet\n')
    expect(run(`${apply} -n default`, { env }).stdout).toBe('configmap/a created\nconfigmap/b created\n')
    host.fs.writeFile('/root/set.yaml', cm('a'))
    expect(run(`${apply} -n default`, { env }).stdout).toBe('configmap/a unchanged\nconfigmap/b pruned\n')
    expect(JSON.parse(run('get secret mine -o json').stdout).metadata.annotations).toEqual({
      'applyset.kubernetes.io/additional-namespaces': '',
      'applyset.kubernetes.io/contains-group-kinds': 'ConfigMap',
      'applyset.kubernetes.io/tooling': 'kubectl/v1.36.4',
    })
    expect(run('apply -f set.yaml').stdout).toBe('configmap/a configured\n')
  })

  test('debug with the name of a debug container that is there grants the profile to that one (recording i01)', () => {
    const containers = [{ name: 'c', image: 'nginx:1.27' }]
    const { run } = kubectlWorld([
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'one', namespace: 'default' }, spec: { containers } },
    ])
    const debug = 'debug one --image=busybox:1.36 -c dbg -- sleep 100'
    expect(run(debug)).toEqual({ exit: 0, stdout: '', stderr: '' })
    expect(run(debug).stderr.split('\n', 5)).toEqual([
      'The Pod "one" is invalid: spec.ephemeralContainers: Forbidden: existing ephemeral containers "dbg" may not be changed',
      expect.stringMatching(/^@@ -\d+,6 \+\d+,7 @@$/),
      '  "SecurityContext": {',
      '   "Capabilities": {',
      '    "Add": [',
    ])
  })

  test('set changes pod templates, and says nothing when nothing changes', () => {
    const { run } = kubectlWorld([], { 'd.yaml': deployment('nginx:1.26', 1) })
    run('create -f d.yaml')
    expect(run('set image deploy/web nginx=nginx:1.27').stdout).toBe('deployment.apps/web image updated\n')
    expect(run('set image deploy/web nginx=nginx:1.27')).toEqual({ exit: 0, stdout: '', stderr: '' })
    expect(run('set image deploy/web nosuch=nginx:1.27').stderr).toBe(
      'error: unable to find container named "nosuch"\n',
    )
    expect(run('set env deploy/web A=1 B=2').stdout).toBe('deployment.apps/web env updated\n')
    expect(run('set env deploy/web --list').stdout).toBe('# Deployment web, container nginx\nA=1\nB=2\n')
    expect(run('set resources deploy web --limits=cpu=200m').stdout).toBe(
      'deployment.apps/web resource requirements updated\n',
    )
    expect(run('set resources deploy web').stderr).toBe(
      'error: you must specify an update to requests or limits (in the form of --requests/--limits)\n',
    )
  })

  test('autoscale prints the object of a dry run', () => {
    const { run } = kubectlWorld([], { 'd.yaml': deployment('nginx:1.26', 1) })
    run('create -f d.yaml')
    expect(run('autoscale deploy web --max=4 --dry-run=client -o yaml').stdout).toBe(`apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: web
spec:
  maxReplicas: 4
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: web
status:
  currentMetrics: null
  desiredReplicas: 0
`)
    expect(run('autoscale deploy web').stderr).toBe('error: required flag(s) "max" not set\n')
  })
})

describe('kustomize', () => {
  const files = {
    'base/kustomization.yaml': `resources: [deploy.yaml]
configMapGenerator:
- name: app-config
  literals: [MODE=base, LEVEL=info]
`,
    'base/deploy.yaml': deployment('nginx:1.26', 1),
    'over/kustomization.yaml': `resources: [../base]
namePrefix: prod-
images:
- {name: nginx, newTag: "1.27"}
replicas:
- {name: web, count: 3}
configMapGenerator:
- name: app-config
  behavior: merge
  literals: [MODE=prod]
`,
    'bad/kustomization.yaml': 'resource: [../base]\n',
  }
  const world = () => {
    const { run, host } = kubectlWorld()
    for (const [name, content] of Object.entries(files)) {
      host.fs.mkdir(`/root/${name.split('/')[0]}`, { parents: true })
      host.fs.writeFile(`/root/${name}`, content)
    }
    return run
  }

  test('layers change names, images and counts, and generated names carry a hash', () => {
    const out = world()('kustomize over').stdout
    expect(out).toMatch(
      /^apiVersion: v1\ndata:\n {2}LEVEL: info\n {2}MODE: prod\nkind: ConfigMap\nmetadata:\n {2}name: prod-app-config-bb6cbkc725\n---\n/,
    )
    expect(out).toContain('name: prod-web\nspec:\n  replicas: 3\n')
    expect(out).toContain('image: nginx:1.27\n')
    expect(world()('kustomize base').stdout).toContain('name: app-config-h8tdk5mthh\n')
  })

  test('mistakes are told in the words of kustomize', () => {
    const run = world()
    expect(run('kustomize bad').stderr).toBe('error: invalid Kustomization: json: unknown field "resource"\n')
    expect(run('kustomize nosuch').stderr).toBe(
      "error: must build at directory: not a valid directory: evalsymlink failure on 'nosuch' : lstat /root/nosuch: no such file or directory\n",
    )
  })
})

describe('explain', () => {
  test('describes a field with its enum', () => {
    const { run } = kubectlWorld()
    expect(run('explain pods.spec.restartPolicy').stdout.split('\n').slice(0, 9)).toEqual([
      'KIND:       Pod',
      'VERSION:    v1',
      '',
      'FIELD: restartPolicy <string>',
      'ENUM:',
      '    Always',
      '    Never',
      '    OnFailure',
      '',
    ])
    expect(run('explain pods.spec.nosuch')).toEqual({
      exit: 1,
      stdout: 'KIND:       Pod\nVERSION:    v1\n\n',
      stderr: 'error: field "nosuch" does not exist\n',
    })
  })
})
