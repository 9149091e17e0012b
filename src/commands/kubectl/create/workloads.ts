import type { Coro } from '../../../kernel/index.ts'
import { type Info, liveInfos } from '../lib/builder.ts'
import type { Definition } from '../lib/define.ts'
import { CliError, throwAll } from '../lib/errors.ts'
import type { Kube } from '../lib/kube.ts'
import { pages } from '../pages/create.ts'
import { generator, metadata, resource } from './generator.ts'

const command = (k: Kube): string[] => [...k.args.slice(1)]

/** Container name from an image: its last path component without tag and digest. */
function containerName(k: Kube, image: string): string {
  const name = image.split('/').at(-1)!.split(':')[0].split('@')[0]
  return /[_.]/.test(name) ? `${name.replace(/[_.]/g, '-')}-${k.p.host.rng.suffix(5)}` : name
}

export const deployment: Definition = generator({
  page: pages.deployment,
  resource: resource('apps', 'v1', 'deployments', 'Deployment'),
  failure: 'failed to create deployment:',
  *build(k, name) {
    const images = k.flags.strings('image')
    const run = command(k)
    if (images.length > 1 && run.length > 0) throw new CliError('cannot specify multiple --image options and command')
    const port = k.flags.int('port')
    const labels = { app: name }
    const containers = images.map((image) => ({
      image,
      name: containerName(k, image),
      resources: {},
      ...(run.length > 0 ? { command: run } : {}),
    }))
    if (port >= 0 && containers.length > 0) (containers[0] as any).ports = [{ containerPort: port }]
    yield* []
    return {
      metadata: metadata(k, name, { labels }),
      spec: {
        replicas: k.flags.int('replicas'),
        selector: { matchLabels: labels },
        strategy: {},
        template: { metadata: { labels }, spec: { containers } },
      },
      status: {},
    }
  },
})

export const job: Definition = generator({
  page: pages.job,
  resource: resource('batch', 'v1', 'jobs', 'Job'),
  failure: 'failed to create job:',
  *build(k, name) {
    const image = k.flags.string('image')
    const from = k.flags.string('from')
    if (!image && !from) throw new CliError('either --image or --from must be specified')
    if (image && from) throw new CliError('either --image or --from must be specified')
    const run = command(k)
    if (from && run.length > 0) throw new CliError('cannot specify --from and command')
    if (from) return yield* jobFrom(k, name, from)
    return {
      metadata: metadata(k, name),
      spec: { template: { metadata: {}, spec: podSpec(name, image, run, 'Never') } },
      status: {},
    }
  },
})

const podSpec = (name: string, image: string, run: readonly string[], restartPolicy: string): any => ({
  containers: [{ ...(run.length > 0 ? { command: run } : {}), image, name, resources: {} }],
  ...(restartPolicy ? { restartPolicy } : {}),
})

function* jobFrom(k: Kube, name: string, from: string): Coro<any> {
  const { infos, errors } = yield* liveInfos(k, [from])
  throwAll(errors)
  if (infos.length !== 1) throw new CliError('from must be an existing cronjob')
  const [{ object: cronJob, resource: found }] = infos as [Info]
  if (found.kind !== 'CronJob') throw new CliError(`unknown object type *${found.version}.${found.kind}`)
  const template = cronJob.spec.jobTemplate
  return {
    metadata: metadata(k, name, {
      annotations: { 'cronjob.kubernetes.io/instantiate': 'manual', ...template.metadata?.annotations },
      ...(template.metadata?.labels ? { labels: template.metadata.labels } : {}),
      ownerReferences: [
        {
          apiVersion: 'batch/v1',
          controller: true,
          kind: 'CronJob',
          name: cronJob.metadata.name,
          uid: cronJob.metadata.uid,
        },
      ],
    }),
    spec: template.spec,
    status: {},
  }
}

export const cronJob: Definition = generator({
  page: pages.cronjob,
  resource: resource('batch', 'v1', 'cronjobs', 'CronJob'),
  failure: 'failed to create cronjob:',
  *build(k, name) {
    yield* []
    return {
      metadata: metadata(k, name),
      spec: {
        jobTemplate: {
          metadata: { name },
          spec: {
            template: {
              metadata: {},
              spec: podSpec(name, k.flags.string('image'), command(k), k.flags.string('restart') || 'OnFailure'),
            },
          },
        },
        schedule: k.flags.string('schedule'),
      },
      status: {},
    }
  },
})
