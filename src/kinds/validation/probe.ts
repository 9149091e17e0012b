import { forbidden, invalid, notSupported, required } from '../errors.ts'
import { isHeaderName } from '../names.ts'
import { addInvalid, checkNonNegative, checkPortOrName, checkUnion, type Errors } from './checks.ts'

const SCHEMES = ['HTTP', 'HTTPS']

/** A probe of one of the three sorts. */
export function checkProbe(errors: Errors, path: string, probe: any, sort: 'liveness' | 'readiness' | 'startup'): void {
  if (!probe) return
  checkHandler(errors, path, probe, undefined)
  for (const field of [
    'initialDelaySeconds',
    'timeoutSeconds',
    'periodSeconds',
    'successThreshold',
    'failureThreshold',
  ]) {
    checkNonNegative(errors, `${path}.${field}`, probe[field])
  }
  const grace = probe.terminationGracePeriodSeconds
  if (grace !== undefined && grace <= 0) {
    errors.push(invalid(`${path}.terminationGracePeriodSeconds`, grace, 'must be greater than 0'))
  }
  if (sort === 'readiness') {
    if (grace !== undefined) {
      errors.push(invalid(`${path}.terminationGracePeriodSeconds`, grace, 'must not be set for readinessProbes'))
    }
  } else if (probe.successThreshold !== 1) {
    errors.push(invalid(`${path}.successThreshold`, probe.successThreshold ?? 0, 'must be 1'))
  }
}

/** validateHandler; `gracePeriod` bounds the sleep of a lifecycle hook. */
function checkHandler(errors: Errors, path: string, handler: any, gracePeriod: number | undefined): void {
  const count = checkUnion(
    errors,
    path,
    handler,
    [
      [
        'exec',
        (exec, at) => {
          if (!exec.command?.length) errors.push(required(`${at}.command`))
        },
      ],
      ['httpGet', (http, at) => checkHttpGet(errors, at, http)],
      ['tcpSocket', (tcp, at) => checkPortOrName(errors, `${at}.port`, tcp.port)],
      ['grpc', (grpc, at) => checkPortOrName(errors, `${at}.port`, grpc.port)],
      [
        'sleep',
        ({ seconds = 0 }, at) => {
          if (gracePeriod !== undefined && (seconds < 0 || seconds > gracePeriod)) {
            const sentence = `must be non-negative and less than terminationGracePeriodSeconds (${gracePeriod})`
            errors.push(invalid(at, seconds, sentence))
          }
        },
      ],
    ],
    'may not specify more than 1 handler type',
  )
  if (!count) errors.push(required(path, 'must specify a handler type'))
}

function checkHttpGet(errors: Errors, path: string, { path: target, port, scheme, httpHeaders }: any): void {
  if (!target) errors.push(required(`${path}.path`))
  checkPortOrName(errors, `${path}.port`, port)
  if (!SCHEMES.includes(scheme)) errors.push(notSupported(`${path}.scheme`, scheme ?? '', SCHEMES))
  for (const { name = '' } of httpHeaders ?? []) {
    addInvalid(errors, `${path}.httpHeaders`, name, isHeaderName(name))
  }
}

/** validateLifecycle (pkg/apis/core/validation): hooks, and a stop signal that the OS knows. */
export function checkLifecycle(errors: Errors, path: string, lifecycle: any, spec: any): void {
  const grace = spec.terminationGracePeriodSeconds
  if (lifecycle.postStart) checkHandler(errors, `${path}.postStart`, lifecycle.postStart, grace)
  if (lifecycle.preStop) checkHandler(errors, `${path}.preStop`, lifecycle.preStop, grace)
  if (lifecycle.stopSignal !== undefined && !spec.os) {
    errors.push(forbidden(`${path}.stopSignal`, 'may not be set for containers with empty `spec.os.name`'))
  }
}
