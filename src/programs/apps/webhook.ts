import { Blocked, type HttpRequest, type HttpResponse, type Process, SysError } from '../../host/index.ts'
import { Signal } from '../../kernel/index.ts'

interface Review {
  readonly uid: string
  readonly object?: { readonly metadata?: { readonly labels?: Record<string, string> }; readonly data?: object }
}

type Verdict = { allowed: boolean; status?: object; patchType?: string; patch?: string }

const patched = (operations: object[]): Verdict => ({
  allowed: true,
  patchType: 'JSONPatch',
  patch: btoa(JSON.stringify(operations)),
})

/** What agnhost's webhook answers, by path. Models test/images/agnhost/webhook. */
const HANDLERS: Readonly<Record<string, (review: Review) => Verdict>> = {
  '/always-deny': () => ({ allowed: false, status: { message: 'this webhook denies all requests' } }),
  '/always-allow-delay-5s': () => ({ allowed: true }),
  '/add-label': ({ object }) => {
    const labels = object?.metadata?.labels
    if (labels === undefined) return patched([{ op: 'add', path: '/metadata/labels', value: { 'added-label': 'yes' } }])
    if (labels['added-label'] === 'yes') return { allowed: true }
    const op = 'added-label' in labels ? 'replace' : 'add'
    return patched([{ op, path: '/metadata/labels/added-label', value: 'yes' }])
  },
}

const DELAYS: Readonly<Record<string, number>> = { '/always-allow-delay-5s': 5000 }

/** `agnhost webhook`: an admission webhook behind TLS. Says why it cannot start. */
export function serveWebhook(
  p: Process,
  options: { readonly port: number; readonly certFile: string; readonly keyFile: string },
): string | undefined {
  let certPem: string
  let keyPem: string
  try {
    certPem = p.fs.readFile(options.certFile)
    keyPem = p.fs.readFile(options.keyFile)
  } catch (error) {
    if (error instanceof SysError) return error.goMessage
    throw error
  }
  const due = new Map<string, number>()
  const answer = (request: HttpRequest): HttpResponse => {
    const path = request.path.split('?')[0]
    if (path === '/readyz') return { status: 200, body: 'ok' }
    const handler = HANDLERS[path]
    if (!handler) return { status: 404, body: '404 page not found\n' }
    const { apiVersion, kind, request: review } = request.body as { apiVersion: string; kind: string; request: Review }
    wait(p, due, `${path} ${review.uid}`, DELAYS[path] ?? 0)
    return { status: 200, body: { apiVersion, kind, response: { uid: review.uid, ...handler(review) } } }
  }
  try {
    p.net.listen(p, {
      port: options.port,
      service: { name: 'agnhost', tls: () => ({ certPem, keyPem, clientAuth: 'none' }), http: answer },
    })
  } catch (error) {
    if (error instanceof SysError) return `listen tcp :${options.port}: bind: ${error.strerror.toLowerCase()}`
    throw error
  }
  return undefined
}

/** Lets a request wait `ms` from when it came first. */
function wait(p: Process, due: Map<string, number>, key: string, ms: number): void {
  if (ms === 0) return
  const at = due.get(key) ?? p.host.kernel.now() + ms
  if (p.host.kernel.now() >= at) {
    due.delete(key)
    return
  }
  due.set(key, at)
  const retry = new Signal()
  p.after(at - p.host.kernel.now(), () => retry.fire())
  throw new Blocked(retry, undefined, undefined)
}
