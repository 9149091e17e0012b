import { Blocked, type HttpRequest, type HttpResponse, type Process, type Program } from '../../src/host/index.ts'
import { Signal } from '../../src/kernel/index.ts'

/** What hook.py of recording kubectl/i10-admission answers. */
export function hook(request: HttpRequest): HttpResponse {
  const { uid } = (request.body as any).request
  const answer = (response: object) => ({
    status: 200,
    body: { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: { uid, allowed: true, ...response } },
  })
  const patch = (operations: object[]) => ({ patchType: 'JSONPatch', patch: btoa(JSON.stringify(operations)) })
  switch (request.path.split('?')[0]) {
    case '/deny':
      return answer({ allowed: false, status: { message: 'no widgets on Fridays', code: 403 } })
    case '/denyplain':
      return answer({ allowed: false })
    case '/denyreason':
      return answer({ allowed: false, status: { reason: 'Conflict', message: 'already there', code: 409 } })
    case '/warn':
      return answer({ warnings: ['this is going away', 'second warning'] })
    case '/mutate':
      return answer(patch([{ op: 'add', path: '/data/injected', value: 'yes' }]))
    case '/badpatch':
      return answer(patch([{ op: 'remove', path: '/nosuch' }]))
    case '/garbage':
      return { status: 200, body: 'hello' }
    case '/500':
      return { status: 500, body: 'boom' }
    case '/baduid':
      return answer({ uid: 'wrong' })
    default:
      return answer({})
  }
}

/** How long /slow sleeps, ms. */
const SLOW = 8000

/** Answers /slow when it has slept, the others at once. */
function sleeper(p: Process): (request: HttpRequest) => HttpResponse {
  const asleep = new Map<string, { until: number; awake: Signal }>()
  return (request) => {
    if (!request.path.startsWith('/slow')) return hook(request)
    const { uid } = (request.body as any).request
    let sleep = asleep.get(uid)
    if (!sleep) {
      sleep = { until: p.now() + SLOW, awake: new Signal() }
      asleep.set(uid, sleep)
      p.after(SLOW, () => sleep!.awake.fire())
    }
    if (p.now() < sleep.until) throw new Blocked(sleep.awake, undefined, undefined)
    return hook(request)
  }
}

/** hook.py itself: HTTPS on port 443 with the certificate of its working directory. */
export const hookServer: Program = {
  name: 'hook.py',
  *main(p) {
    const read = (name: string): string => p.fs.readFile(`${p.cwd}/${name}`)
    const [certPem, keyPem] = [read('tls.crt'), read('tls.key')]
    p.net.listen(p, {
      port: 443,
      service: { name: 'hook.py', tls: () => ({ certPem, keyPem, clientAuth: 'none' }), http: sleeper(p) },
    })
    return yield* p.park()
  },
}
