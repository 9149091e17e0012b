import { canonicalQuantity } from '../../print/index.ts'
import { resource } from './create/generator.ts'
import { liveInfos } from './lib/builder.ts'
import { forEach, managerOf, savedConfig } from './lib/change.ts'
import { typesAndNames } from './lib/complete.ts'
import type { Definition } from './lib/define.ts'
import { apiVersionOf } from './lib/discovery.ts'
import { CliError, isExpected, throwAll } from './lib/errors.ts'
import type { Kube } from './lib/kube.ts'
import { printerFor } from './lib/output.ts'
import { pages } from './pages/autoscale.ts'

const V1 = resource('autoscaling', 'v1', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler')
const V2 = resource('autoscaling', 'v2', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler')

/** `70%` or a quantity; a bare number gets the resource's usual unit. */
function target(text: string, name: 'cpu' | 'memory'): any {
  const input = text.trim()
  if (input.endsWith('%')) {
    const percent = input.slice(0, -1)
    if (!/^\+?\d+$/.test(percent)) throw new CliError(`invalid percentage value: ${percent}`)
    return { averageUtilization: Number(percent), type: 'Utilization' }
  }
  const bare = input !== '' && Number.isFinite(Number(input))
  try {
    const averageValue = canonicalQuantity(bare ? `${Number(input)}${name === 'cpu' ? 'm' : 'Mi'}` : input)
    return { averageValue, type: 'AverageValue' }
  } catch {
    throw new CliError(`invalid resource ${name} value: ${input}`)
  }
}

const metric = (name: string, wanted: any): any => ({ resource: { name, target: wanted }, type: 'Resource' })

/** Models kubectl/pkg/cmd/autoscale/autoscale.go. */
export const autoscale: Definition = {
  records: true,
  page: pages.autoscale,
  complete: typesAndNames,
  *run(k) {
    const { flags } = k
    const [min, max, percent] = [flags.int('min'), flags.int('max'), flags.int('cpu-percent')]
    const mode = k.dryRun()
    if (max < 1) throw new CliError(`--max=MAXPODS is required and must be at least 1, max: ${max}`)
    if (max < min)
      throw new CliError(`--max=MAXPODS must be larger or equal to --min=MINPODS, max: ${max}, min: ${min}`)
    const [cpu, memory] = [flags.string('cpu'), flags.string('memory')]
    if (percent > 0 && cpu) throw new CliError('--cpu-percent and --cpu are mutually exclusive')
    const metrics = [
      ...(percent > 0 ? [metric('cpu', { averageUtilization: percent, type: 'Utilization' })] : []),
      ...(cpu ? [metric('cpu', target(cpu, 'cpu'))] : []),
      ...(memory ? [metric('memory', target(memory, 'memory'))] : []),
    ]
    const { infos, errors } = yield* liveInfos(k, k.args)
    throwAll(errors)
    const failed = yield* forEach(infos, function* (info) {
      if (!['Deployment', 'ReplicaSet', 'StatefulSet', 'ReplicationController'].includes(info.resource.kind))
        yield* requireScale(k, info)
      const scaleTargetRef = { apiVersion: apiVersionOf(info.resource), kind: info.resource.kind, name: info.name }
      const shared = { maxReplicas: max, ...(min > 0 ? { minReplicas: min } : {}), scaleTargetRef }
      const metadata = {
        name: flags.string('name') || info.name,
        ...(k.namespaceGiven ? { namespace: k.namespace } : {}),
      }
      const hpa = {
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        metadata,
        spec: { ...shared, ...(metrics.length > 0 ? { metrics } : {}) },
        status: { currentMetrics: null, desiredReplicas: 0 },
      }
      if (mode === 'client') return yield* printerFor(k, { operation: 'created', typed: true }).print(hpa)
      const client = yield* k.client()
      const options = { fieldManager: managerOf(k, 'kubectl-autoscale'), dryRun: mode === 'server' || undefined }
      let created: any
      try {
        created = yield* client.create(V2, k.namespace, savedConfig(k, hpa), options)
      } catch (error) {
        if (!isExpected(error)) throw error
        // The older API is tried with what it can express.
        if (cpu === '')
          throw new CliError(
            'failed to create autoscaling/v2 HPA and the configuration is incompatible with autoscaling/v1: empty input',
          )
        if (memory || !('averageUtilization' in target(cpu, 'cpu')))
          throw new CliError(
            'failed to create autoscaling/v2 HPA and the configuration is incompatible with autoscaling/v1: %!w(<nil>)',
          )
        const older = {
          apiVersion: 'autoscaling/v1',
          kind: 'HorizontalPodAutoscaler',
          metadata,
          spec: shared,
        }
        created = yield* client.create(V1, k.namespace, savedConfig(k, older), options)
      }
      yield* printerFor(k, { operation: 'autoscaled' }).print(created)
    })
    throwAll(failed)
    return 0
  },
}

function* requireScale(k: Kube, info: any) {
  const client = yield* k.client()
  try {
    yield* client.get(info.resource, info.namespace, info.name, { subresource: 'scale' })
  } catch (error) {
    if (!isExpected(error)) throw error
    const version = apiVersionOf(info.resource)
    throw new CliError(
      `cannot autoscale a ${info.resource.kind}: could not find scale subresource for ${version}, Resource=${info.resource.name} in discovery information`,
    )
  }
}
