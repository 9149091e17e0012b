import { expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { admissionPlugins } from '../../src/api/admission/index.ts'
import { apiWorld, configMap } from './world.ts'

// Recording kubectl/i10-admission.
const policy = parseAllDocuments(`
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: max-replicas}
spec:
  failurePolicy: Fail
  matchConstraints:
    resourceRules: [{apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [deployments]}]
  paramKind: {apiVersion: v1, kind: ConfigMap}
  variables:
  - {name: max, expression: "int(params.data.max)"}
  validations:
  - expression: "object.spec.replicas <= variables.max"
    messageExpression: "'at most ' + string(variables.max) + ' replicas, got ' + string(object.spec.replicas)"
    reason: Invalid
  - expression: "has(object.metadata.labels) && 'team' in object.metadata.labels"
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: max-replicas}
spec:
  policyName: max-replicas
  validationActions: [Deny]
  paramRef: {name: limits, namespace: adm, parameterNotFoundAction: Deny}
  matchResources: {namespaceSelector: {matchLabels: {lab: adm}}}
`).map((document) => document.toJS())

const deployment = (replicas: number, metadata: object = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'd', namespace: 'adm', ...metadata },
  spec: {
    replicas,
    selector: { matchLabels: { a: 'd' } },
    template: { metadata: { labels: { a: 'd' } }, spec: { containers: [{ name: 'c', image: 'nginx:1.27' }] } },
  },
})

test('policies deny and warn in the words of the recording', () => {
  const { api, server } = apiWorld({ admission: admissionPlugins(['ValidatingAdmissionPolicy']) })
  api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'adm', labels: { lab: 'adm' } } })
  for (const object of policy) api.create(object)
  const head = `deployments.apps "d" is forbidden: ValidatingAdmissionPolicy 'max-replicas' with binding 'max-replicas' denied request: `
  const post = (object: any) =>
    server.handle(
      { verb: 'create', group: 'apps', version: 'v1', resource: 'deployments', namespace: 'adm', body: object },
      { userAgent: 'kubectl/v1.36.4', ip: '192.168.56.10' },
    )
  const refusal = (object: any) => {
    const { body, code } = post(object) as any
    expect(code).toBe(422)
    expect(body.details).toMatchObject({ name: 'd', group: 'apps', kind: 'deployments' })
    return body.message.replace(head, '')
  }
  expect(refusal(deployment(5))).toBe(
    'failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction',
  )
  const limits = api.create(configMap('limits', { max: '3' }, { namespace: 'adm' }))
  expect(refusal(deployment(5))).toBe('at most 3 replicas, got 5')
  expect(refusal(deployment(2))).toBe(
    "failed expression: has(object.metadata.labels) && 'team' in object.metadata.labels",
  )
  api.update({ ...limits, data: { max: 'abc' } })
  const team = { labels: { team: 'x' } }
  expect(refusal(deployment(1, team))).toBe(
    `expression 'object.spec.replicas <= variables.max' resulted in error: composited variable "max" fails to evaluate: type conversion error from 'string' to 'int'`,
  )
  const { metadata } = api.get('ConfigMap', 'adm', 'limits')
  api.update({ ...limits, metadata, data: { max: '3' } })
  const binding = api.get('ValidatingAdmissionPolicyBinding', undefined, 'max-replicas')
  api.update({ ...binding, spec: { ...binding.spec, validationActions: ['Warn', 'Audit'] } })
  expect(post(deployment(6, team)).warnings).toEqual([
    "Validation failed for ValidatingAdmissionPolicy 'max-replicas' with binding 'max-replicas': at most 3 replicas, got 6",
  ])
})
