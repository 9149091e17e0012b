import { describe, expect, test } from 'vitest'
import { Policy } from '../../../src/programs/kube-apiserver/audit/policy.ts'
import { EtcdLab } from '../etcd/lab.ts'
import { startApiserver } from './lab.ts'

const HEAD = 'apiVersion: audit.k8s.io/v1\nkind: Policy\n'
const exchange = (request: object, name = 'jane', groups: string[] = []) =>
  ({ caller: { name, groups }, request }) as never
const pods = { verb: 'list', group: '', version: 'v1', resource: 'pods', namespace: 'default' }

describe('audit policy', () => {
  test.each<[string, object, string]>([
    ['resources: [{group: "", resources: [pods]}]', pods, 'Metadata'],
    ['resources: [{group: apps}]', pods, 'None'],
    ['resources: [{group: "", resources: [pods/log]}]', { ...pods, subresource: 'log' }, 'Metadata'],
    ['resources: [{group: "", resources: [pods]}]', { ...pods, subresource: 'log' }, 'None'],
    ['namespaces: [kube-system]', pods, 'None'],
    ['users: [jane]', pods, 'Metadata'],
    ['verbs: [watch]', pods, 'None'],
    ['nonResourceURLs: [/healthz*]', { verb: 'get', path: '/healthz/etcd' }, 'Metadata'],
    ['nonResourceURLs: [/healthz*]', pods, 'None'],
  ])('%s', (fields, request, level) => {
    const policy = new Policy(`${HEAD}rules: [{level: Metadata, ${fields}}]`, '/p.yaml')
    expect(policy.decide(exchange(request)).level).toBe(level)
  })

  test.each([
    [HEAD, 'loading audit policy file: loaded illegal policy with 0 rules: from file /p.yaml'],
    [
      'kind: Policy',
      'loading audit policy file: unknown group version field , Kind=Policy in policy: from file /p.yaml',
    ],
  ])('%j is refused', (text, message) => {
    expect(() => new Policy(text, '/p.yaml')).toThrow(message)
  })
})

test('the log has a JSON line a stage, with what was asked, by whom, and how it ended', () => {
  const lab = new EtcdLab(1)
  lab.etcd(0)
  lab.kernel.advance(10_000)
  const { fs } = lab.hosts[0]!
  fs.writeFile(
    '/etc/kubernetes/pki/policy.yaml',
    `${HEAD}rules: [{level: Metadata, users: ["system:apiserver"], verbs: [create], resources: [{resources: [namespaces]}]}]`,
  )
  startApiserver(lab, 0, {
    'audit-policy-file': '/etc/kubernetes/pki/policy.yaml',
    'audit-log-path': '/var/log/audit/audit.log',
  })
  lab.kernel.advance(10_000)
  const lines = fs
    .readFile('/var/log/audit/audit.log')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const [received, complete] = lines.filter((l) => l.objectRef.name === 'kube-system')
  expect(received).toMatchObject({
    level: 'Metadata',
    stage: 'RequestReceived',
    verb: 'create',
    requestURI: '/api/v1/namespaces',
  })
  expect(complete).toMatchObject({
    auditID: received.auditID,
    stage: 'ResponseComplete',
    user: { username: 'system:apiserver', groups: ['system:authenticated', 'system:masters'] },
    objectRef: { resource: 'namespaces', name: 'kube-system', apiVersion: 'v1' },
    responseStatus: { metadata: {}, code: 201 },
    annotations: { 'authorization.k8s.io/decision': 'allow', 'authorization.k8s.io/reason': '' },
  })
})
