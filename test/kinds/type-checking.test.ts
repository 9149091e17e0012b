import { expect, test } from 'vitest'
import { expressionWarnings } from '../../src/kinds/index.ts'

const spec = (expression: string, rule: object = {}) => ({
  matchConstraints: {
    resourceRules: [{ apiGroups: ['apps'], apiVersions: ['v1'], resources: ['deployments'], ...rule }],
  },
  paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
  variables: [{ name: 'max', expression: 'int(params.data.max)' }],
  validations: [{ expression }],
})

test('expressions are checked against the types of the kinds that a policy names (recording i10, step 11)', () => {
  expect(expressionWarnings(spec('object.spec.nosuch <= variables.max'))).toEqual([
    {
      fieldRef: 'spec.validations[0].expression',
      warning:
        "apps/v1, Kind=Deployment: ERROR: <input>:1:12: undefined field 'nosuch'\n | object.spec.nosuch <= variables.max\n | ...........^\n",
    },
  ])
  expect(expressionWarnings(spec('object.spec.replicas <= variables.max'))).toEqual([])
  expect(expressionWarnings(spec('object.metadata.labels.any == params.data.x'))).toEqual([])
  expect(expressionWarnings(spec('object.spec.nosuch == 1', { apiGroups: ['*'] }))).toEqual([])
})
