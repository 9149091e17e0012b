import { describe, expect, test } from 'vitest'
import { decode, schemaOf } from '../../src/kinds/index.ts'

const pod = schemaOf({ group: '', version: 'v1', kind: 'Pod' })!
const podWith = (spec: any) => decode({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec }, pod)
const container = (fields: any) => podWith({ containers: [{ name: 'c', image: 'nginx', ...fields }] })

describe('decode', () => {
  test('leaves out what Go leaves out and writes what Go writes', () => {
    expect(container({ tty: false, env: [], command: ['sh'], image: null }).value).toEqual({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      spec: { containers: [{ name: 'c', command: ['sh'], resources: {} }] },
      status: {},
    })
  })

  test('unknown fields are told with their path', () => {
    const { strict } = podWith({ replica: 3, containers: [{ name: 'c', foo: 1, images: 'nginx' }] })
    expect(strict).toEqual([
      'unknown field "spec.containers[0].foo"',
      'unknown field "spec.containers[0].images"',
      'unknown field "spec.replica"',
    ])
  })

  // Texts: recordings kubectl/c03-validation, i05-apply-modes.
  test.each([
    [
      { containers: { name: 'c' } },
      'json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container',
    ],
    [
      { containers: [{ env: [{ value: 1 }] }] },
      'json: cannot unmarshal number into Go struct field EnvVar.spec.containers.env.value of type string',
    ],
    [
      { containers: [{ env: { A: 'b' } }] },
      'json: cannot unmarshal object into Go struct field Container.spec.containers.env of type []v1.EnvVar',
    ],
    [
      { containers: [{ args: [1, 2] }] },
      'json: cannot unmarshal number into Go struct field Container.spec.containers.args of type string',
    ],
    [
      { containers: [{ ports: [{ containerPort: '80' }] }] },
      'json: cannot unmarshal string into Go struct field ContainerPort.spec.containers.ports.containerPort of type int32',
    ],
    [
      { containers: [{ resources: { limits: { memory: '1GB' } } }] },
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
    [{ containers: [{ resources: { requests: { cpu: '100mm' } } }] }, "unable to parse quantity's suffix"],
  ])('%j', (spec, error) => {
    expect(podWith(spec).error).toBe(error)
  })

  // Texts: kube-apiserver 1.36.2.
  test.each([
    [
      'networking.k8s.io/v1',
      'Ingress',
      { spec: { rules: [{ http: { paths: [{ pathType: 1 }] } }] } },
      'number into Go struct field HTTPIngressPath.spec.rules.IngressRuleValue.http.paths.pathType of type v1.PathType',
    ],
    [
      'admissionregistration.k8s.io/v1',
      'MutatingWebhookConfiguration',
      { webhooks: [{ rules: [{ resources: true }] }] },
      'bool into Go struct field RuleWithOperations.webhooks.rules.Rule.resources of type []string',
    ],
    [
      'apps/v1',
      'DaemonSet',
      { spec: { template: { spec: { containers: [{ readinessProbe: { tcpSocket: [] } }] } } } },
      'array into Go struct field Probe.spec.template.spec.containers.readinessProbe.ProbeHandler.tcpSocket of type v1.TCPSocketAction',
    ],
    [
      'certificates.k8s.io/v1',
      'CertificateSigningRequest',
      { spec: { usages: [true] } },
      'bool into Go struct field CertificateSigningRequestSpec.spec.usages of type v1.KeyUsage',
    ],
    [
      'v1',
      'ResourceQuota',
      { spec: { hard: 3 } },
      'number into Go struct field ResourceQuotaSpec.spec.hard of type v1.ResourceList',
    ],
    [
      'autoscaling/v2',
      'HorizontalPodAutoscaler',
      { spec: 0 },
      'number into Go struct field HorizontalPodAutoscaler.spec of type v2.HorizontalPodAutoscalerSpec',
    ],
  ])('types of %s %s are called as in Go', (apiVersion, kind, object, error) => {
    const [version, group = ''] = apiVersion.split('/').reverse() as [string, string?]
    expect(decode(object, schemaOf({ group, version, kind })!).error).toBe(`json: cannot unmarshal ${error}`)
  })

  test('what the decoder of a type refuses is told before other mismatches', () => {
    const lease = schemaOf({ group: 'coordination.k8s.io', version: 'v1', kind: 'Lease' })!
    expect(decode({ metadata: [], spec: { renewTime: 'x/y/z' } }, lease).error).toBe(
      'parsing time "x/y/z" as "2006-01-02T15:04:05.000000Z07:00": cannot parse "x/y/z" as "2006"',
    )
  })

  test('numbers are shown where an integer was wanted', () => {
    const deployment = schemaOf({ group: 'apps', version: 'v1', kind: 'Deployment' })!
    expect(decode({ spec: { replicas: 1.5 } }, deployment).error).toBe(
      'json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32',
    )
    expect(decode({ spec: { selector: [] } }, deployment).error).toBe(
      'json: cannot unmarshal array into Go struct field DeploymentSpec.spec.selector of type v1.LabelSelector',
    )
  })
})
