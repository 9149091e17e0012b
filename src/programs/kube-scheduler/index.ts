import { parse } from 'yaml'
import { SeriesEventRecorder } from '../../api/events.ts'
import { type Process, type Program, SysError } from '../../host/index.ts'
import { startScheduler } from '../../scheduler/index.ts'
import { type ComponentSpec, type Line, runComponent } from '../lib/component.ts'
import { USAGE } from './usage.ts'

/** What it follows in the ConfigMap that says how callers authenticate. */
const bundles = (known: boolean): string[] =>
  [...(known ? ['requestheader-client-ca-file'] : []), 'client-ca-file'].map(
    (key) => `client-ca::kube-system::extension-apiserver-authentication::${key}`,
  )

/** The generic server's last words. */
const shutdown = (known: boolean): Line[] => [
  ['I', 'tlsconfig.go:258', '"Shutting down DynamicServingCertificateController"'],
  ...bundles(known).map(
    (name): Line => [
      'I',
      known ? 'configmap_cafile_content.go:226' : 'configmap_cafile_content.go:213',
      `"Shutting down controller" name="${name}"`,
    ],
  ),
  ...(known
    ? [['I', 'requestheader_controller.go:194', 'Shutting down RequestHeaderAuthRequestController'] as const]
    : []),
  ['I', 'secure_serving.go:262', 'Stopped listening on $ADDRESS'],
  ['I', 'server.go:282', '"[graceful-termination] secure server has stopped listening"'],
  ['I', 'server.go:284', '"[graceful-termination] secure server is exiting"'],
]

/** Fields of KubeSchedulerConfiguration v1. */
const FIELDS = new Set(
  'apiVersion kind parallelism leaderElection clientConnection enableProfiling enableContentionProfiling percentageOfNodesToScore podInitialBackoffSeconds podMaxBackoffSeconds profiles extenders delayCacheUntilActive'.split(
    ' ',
  ),
)

/** --config: it must be there and hold known fields only. Its profiles are not simulated. */
function checkConfiguration(p: Process, path: string | undefined): string | undefined {
  if (!path) return undefined
  let text: string
  try {
    text = p.fs.readFile(path, p.cwd, p.creds)
  } catch (error) {
    if (error instanceof SysError) return error.goMessage
    throw error
  }
  let document: Record<string, unknown>
  try {
    document = parse(text) ?? {}
  } catch (error) {
    return `yaml: ${(error as Error).message.split('\n')[0]}`
  }
  if (document.kind !== 'KubeSchedulerConfiguration' || document.apiVersion !== 'kubescheduler.config.k8s.io/v1')
    return `no kind "${document.kind ?? ''}" is registered for version "${document.apiVersion ?? ''}" in scheme "pkg/scheduler/apis/config/scheme/scheme.go:30"`
  const unknown = Object.keys(document).filter((field) => !FIELDS.has(field))
  if (unknown.length === 0) return undefined
  return `strict decoding error: ${unknown.map((field) => `unknown field "${field}"`).join(', ')}`
}

const spec: ComponentSpec = {
  name: 'kube-scheduler',
  usage: USAGE,
  port: 10259,
  eventSource: 'default-scheduler',
  banner: (version, known) => [
    ['E', 'options.go:205', 'The manifest file is empty, ignoring.'],
    ['I', 'server.go:183', `"Starting Kubernetes Scheduler" version="${version}"`],
    ['I', 'server.go:185', '"Golang settings" GOGC="" GOMAXPROCS="" GOTRACEBACK=""'],
    ...(known
      ? [['I', 'requestheader_controller.go:180', 'Starting RequestHeaderAuthRequestController'] as const]
      : []),
    ...bundles(known).map(
      (name): Line => ['I', 'configmap_cafile_content.go:205', `"Starting controller" name="${name}"`],
    ),
    ['I', 'shared_informer.go:402', '"Waiting for caches to sync"'],
  ],
  lookup: 'tolerated',
  syncsFirst: true,
  lost: (known) => [...shutdown(known), ['E', 'server.go:338', '"Leaderelection lost"']],
  releases: true,
  terminated: {
    early: [
      ['E', 'server.go:305', '"handlers are not fully synchronized" err="context canceled"'],
      ['I', 'leaderelection.go:258', '"Attempting to acquire leader lease..." lock="kube-system/kube-scheduler"'],
      ['E', 'shared_informer.go:405', '"Unable to sync caches" logger="UnhandledError"'],
    ],
    lines: (known) => [...shutdown(known), ['I', 'server.go:334', '"Requested to terminate, exiting"']],
    ofLeader: [],
    code: 0,
  },
  check: (p, flags) => checkConfiguration(p, flags.get('config')),
  run({ p, client, informers }) {
    const recorder = new SeriesEventRecorder(
      client,
      { rng: p.host.rng, now: () => p.now(), after: (ms, fn) => p.after(ms, fn) },
      'default-scheduler',
      `default-scheduler-${p.hostname}`,
    )
    startScheduler({
      api: client,
      informers,
      kernel: p.timers,
      rng: p.host.rng.fork('scheduler'),
      profile: 'default-scheduler',
      now: () => p.now(),
      onStop: (fn) => p.defer(fn),
      events: {
        emit(about, type, reason, action, message) {
          if (type === 'Normal') recorder.normal(about, reason, message, { action })
          else recorder.warning(about, reason, message, { action })
        },
      },
    })
    return undefined
  },
}

/** Models cmd/kube-scheduler. */
export const kubeScheduler: Program = { name: 'kube-scheduler', main: (p) => runComponent(p, spec) }
