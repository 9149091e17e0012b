import { describe, expect, test } from 'vitest'
import { configMap, pod } from '../../api/world.ts'
import { kubectlWorld } from './cluster.ts'

// Texts: recordings a02, i08.
describe('kubectl get', () => {
  const { run } = kubectlWorld([pod('p'), configMap('c', { a: '1' })])

  test('a table, a name, a path', () => {
    expect(run('get pods')).toEqual({
      exit: 0,
      stdout: 'NAME   READY   STATUS    RESTARTS   AGE\np      0/1     Pending   0          0s\n',
      stderr: '',
    })
    expect(run('get po/p cm/c -o name').stdout).toBe('pod/p\nconfigmap/c\n')
    expect(run('get cm c -o jsonpath={.data.a}').stdout).toBe('1')
    expect(run('get cm -o jsonpath={.items[*].metadata.name}').stdout).toBe('c')
    expect(run('get pods --show-labels -A').stdout).toMatch(
      /^NAMESPACE +NAME +READY +STATUS +RESTARTS +AGE +LABELS\ndefault {5}p /,
    )
  })

  test('several kinds get their kind before the name and a blank line between', () => {
    expect(run('get po,cm').stdout.replace(/\d+s/g, 'Ns')).toBe(
      'NAME    READY   STATUS    RESTARTS   AGE\npod/p   0/1     Pending   0          Ns\n\nNAME          DATA   AGE\nconfigmap/c   1      Ns\n',
    )
  })

  test('without a kubeconfig a container speaks as its service account, from its own namespace', () => {
    const account = '/var/run/secrets/kubernetes.io/serviceaccount'
    const { run: inside, host } = kubectlWorld()
    const env = { HOME: '/', KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '443' }
    host.fs.mkdir(account, { parents: true })
    for (const [name, text] of Object.entries({ token: 't', 'ca.crt': '', namespace: 'shop' }))
      host.fs.writeFile(`${account}/${name}`, text)
    expect(inside('get pods', { env })).toEqual({
      exit: 0,
      stdout: '',
      stderr: 'No resources found in shop namespace.\n',
    })
    expect(inside('get pods').stderr).toBe('No resources found in default namespace.\n')
  })

  test.each([
    ['get pods -n geterr', 0, 'No resources found in geterr namespace.\n'],
    ['get pods -A -l app=nosuch', 0, 'No resources found\n'],
    [
      'get pods nosuch1 nosuch2',
      1,
      'Error from server (NotFound): pods "nosuch1" not found\nError from server (NotFound): pods "nosuch2" not found\n',
    ],
    [
      'get svc/nosuch deploy/nosuch',
      1,
      'Error from server (NotFound): services "nosuch" not found\nError from server (NotFound): deployments.apps "nosuch" not found\n',
    ],
    ['get pod nosuch -n nosuchns', 1, 'Error from server (NotFound): namespaces "nosuchns" not found\n'],
    ['get foo', 1, 'error: the server doesn\'t have a resource type "foo"\n'],
    ['get deployments.v1beta1.apps', 1, 'error: the server doesn\'t have a resource type "deployments"\n'],
    ['get pods/', 1, 'error: arguments in resource/name form must have a single resource and name\n'],
    ['get pods -o', 1, "error: flag needs an argument: 'o' in -o\nSee 'kubectl get --help' for usage.\n"],
    ['get pod -l app=x nosuch', 1, 'error: name cannot be provided when a selector is specified\n'],
    ['get -f nosuchfile.yaml', 1, 'error: the path "nosuchfile.yaml" does not exist\n'],
    ['get pods -o jsonpath={.items[*', 1, 'error: error parsing jsonpath {.items[*, unterminated array\n'],
    ['get pods -o jsonpath=', 1, 'error: template format specified but no template given\n'],
    ['get pods -o custom-columns', 1, 'error: custom-columns format specified but no custom columns given\n'],
    ['gte pods', 1, 'error: unknown command "gte" for "kubectl"\n\nDid you mean this?\n\tget\n'],
    [
      '--request-timeout=foo get pods',
      1,
      'error: Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)\n',
    ],
    [
      'get',
      1,
      'You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.\n\nerror: Required resource not specified.\nUse "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).\nSee \'kubectl get -h\' for help and examples\n',
    ],
  ])('%s', (line, exit, stderr) => expect(run(line)).toEqual({ exit, stdout: '', stderr }))

  // i08: one pod; several, without the field, are none at all (a02).
  test('a single row needs no order, and its field is not looked at', () => {
    expect(run('get pods --sort-by=.nosuch')).toEqual(run('get pods'))
  })

  test('-w prints changes as they come, until interrupted', () => {
    const { run, api, kernel } = kubectlWorld([configMap('c')])
    kernel.after(1000, () => api.create(configMap('later', { x: 'y' })))
    const { stdout } = run('get cm -w', { limit: 3000 })
    expect(stdout.replace(/\d+s/g, 'Ns')).toBe('NAME   DATA   AGE\nc      0      Ns\nlater   1      Ns\n')
  })

  test('__complete', () => {
    expect(run(['__complete', 'get', 'pod', ''])).toEqual({
      exit: 0,
      stdout: 'p\n:4\n',
      stderr: 'Completion ended with directive: ShellCompDirectiveNoFileComp\n',
    })
    expect(run(['__complete', 'get', 'po']).stdout).toBe('pods\npodtemplates\npoddisruptionbudgets.policy\n:4\n')
    expect(run(['__complete', '-n', '']).stdout).toBe('default\nkube-system\n:4\n')
  })
})

test('api-resources lists what it knows, then names the groups whose server does not answer', () => {
  const { run } = kubectlWorld([], {}, [{ name: 'metrics.k8s.io', versions: ['v1beta1'], resources: {} }])
  expect(run('api-resources --api-group=events.k8s.io -o name')).toEqual({
    exit: 1,
    stdout: 'events.events.k8s.io\n',
    stderr:
      'error: unable to retrieve the complete list of server APIs: metrics.k8s.io/v1beta1: stale GroupVersion discovery: metrics.k8s.io/v1beta1\n',
  })
})
