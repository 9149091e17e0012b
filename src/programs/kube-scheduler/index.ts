import { SeriesEventRecorder } from '../../api/events.ts'
import type { Program } from '../../host/index.ts'
import { startScheduler } from '../../scheduler/index.ts'
import { type ComponentSpec, runComponent } from '../lib/component.ts'
import { USAGE } from './usage.ts'

const spec: ComponentSpec = {
  name: 'kube-scheduler',
  usage: USAGE,
  port: 10259,
  banner: (version) => [
    ['E', 'options.go:205', 'The manifest file is empty, ignoring.'],
    ['I', 'server.go:183', `"Starting Kubernetes Scheduler" version="${version}"`],
    ['I', 'server.go:185', '"Golang settings" GOGC="" GOMAXPROCS="" GOTRACEBACK=""'],
    [
      'I',
      'configmap_cafile_content.go:205',
      '"Starting controller" name="client-ca::kube-system::extension-apiserver-authentication::client-ca-file"',
    ],
    ['I', 'shared_informer.go:402', '"Waiting for caches to sync"'],
  ],
  lost: ['server.go:320', '"Leaderelection lost"'],
  check(p, flags) {
    const config = flags.get('config')
    return config && !p.fs.exists(config) ? `open ${config}: no such file or directory` : undefined
  },
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
      kernel: p.host.kernel,
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
  },
}

/** Models cmd/kube-scheduler. */
export const kubeScheduler: Program = { name: 'kube-scheduler', main: (p) => runComponent(p, spec) }
