import { containers, initContainers, isSidecar, isStatic, type Pod, restartsAfter } from './types.ts'

const find = (statuses: any[] | undefined, name: string): any => statuses?.find((s) => s.name === name)

/** Models kubelet_pods.go getPhase. `terminal`: nothing will be restarted any more. */
export function podPhase(pod: Pod, containerStatuses: any[], initStatuses: any[], terminal: boolean): string {
  let pendingInit = 0
  let failedInit = 0
  for (const spec of initContainers(pod)) {
    const s = find(initStatuses, spec.name)
    if (isSidecar(spec)) {
      if (!s || (s.state.waiting && !s.lastState?.terminated) || (s.state.running && s.started === false)) pendingInit++
    } else if (!s || s.state.running) pendingInit++
    else {
      const ended = s.state.terminated ?? (s.state.waiting ? s.lastState?.terminated : undefined)
      if (!ended) pendingInit++
      else if (ended.exitCode !== 0) failedInit++
    }
  }
  let unknown = 0
  let running = 0
  let waiting = 0
  let stopped = 0
  let succeeded = 0
  let returning = false
  for (const spec of containers(pod)) {
    const s = find(containerStatuses, spec.name)
    const ended = s?.state.terminated ?? s?.lastState?.terminated
    if (ended) returning ||= restartsAfter(pod, spec, ended.exitCode)
    if (!s) unknown++
    else if (s.state.running) running++
    else if (s.state.terminated) {
      stopped++
      if (s.state.terminated.exitCode === 0) succeeded++
    } else if (s.lastState?.terminated) stopped++
    else waiting++
  }
  if (failedInit > 0 && pod.spec.restartPolicy === 'Never') return 'Failed'
  if (pendingInit > 0 || waiting > 0) return 'Pending'
  if (running > 0 && unknown === 0) return 'Running'
  if (running === 0 && stopped > 0 && unknown === 0) {
    if (terminal && !isStatic(pod)) return stopped === succeeded ? 'Succeeded' : 'Failed'
    if (returning) return 'Running'
    return stopped === succeeded ? 'Succeeded' : 'Failed'
  }
  return 'Pending'
}
