import { expect, test } from 'vitest'
import { builtinKinds, KindRegistry } from '../../src/kinds/index.ts'

const registry = new KindRegistry(builtinKinds)

const hpa = {
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    minReplicas: 1,
    maxReplicas: 3,
    metrics: [
      { type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '100Mi' } } },
      { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
    ],
    behavior: { scaleDown: { selectPolicy: 'Max' } },
  },
  status: {
    desiredReplicas: 1,
    currentMetrics: [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 5 } } }],
    conditions: [{ type: 'AbleToScale', status: 'True' }],
  },
}

test('autoscaling/v1 keeps in annotations what it has no fields for', () => {
  const v1 = registry.byKind('autoscaling/v1', 'HorizontalPodAutoscaler')!
  const shown = v1.storedAs!.fromStored(hpa)
  expect(shown.spec).toEqual({
    scaleTargetRef: hpa.spec.scaleTargetRef,
    minReplicas: 1,
    maxReplicas: 3,
    targetCPUUtilizationPercentage: 80,
  })
  expect(shown.metadata.annotations!['autoscaling.alpha.kubernetes.io/metrics']).toBe(
    '[{"type":"Resource","resource":{"name":"memory","targetAverageValue":"100Mi"}}]',
  )
  const back = v1.storedAs!.toStored(shown)
  expect(back).toEqual({ ...hpa, metadata: { ...hpa.metadata, annotations: {} } })
})

test('events.k8s.io shows core events under other names', () => {
  const kind = registry.byKind('events.k8s.io/v1', 'Event')!
  const core = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'p.1', namespace: 'default' },
    involvedObject: { kind: 'Pod', namespace: 'default', name: 'p' },
    reason: 'Started',
    message: 'Started container c',
    source: { component: 'kubelet', host: 'node01' },
    firstTimestamp: '2026-11-21T02:20:13Z',
    lastTimestamp: '2026-11-21T02:20:13Z',
    count: 1,
    type: 'Normal',
    eventTime: null,
    reportingComponent: 'kubelet',
    reportingInstance: 'node01',
  }
  const shown = kind.storedAs!.fromStored(core)
  expect(shown).toEqual({
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: core.metadata,
    regarding: core.involvedObject,
    reason: 'Started',
    note: 'Started container c',
    deprecatedSource: core.source,
    deprecatedFirstTimestamp: core.firstTimestamp,
    deprecatedLastTimestamp: core.lastTimestamp,
    deprecatedCount: 1,
    type: 'Normal',
    eventTime: null,
    reportingController: 'kubelet',
    reportingInstance: 'node01',
  })
  expect(kind.storedAs!.toStored(shown)).toEqual(core)
  expect(kind.field(shown, 'regarding.name')).toBe('p')
})
