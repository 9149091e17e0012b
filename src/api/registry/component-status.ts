import type { RequestContext } from '../context.ts'
import { notFound } from '../errors.ts'
import type { ApiResponse, KubeObject } from '../types.ts'
import { respond, respondList } from './respond.ts'

/** How a component of the control plane fares, asked now. */
export interface ComponentHealth {
  readonly healthy: boolean
  /** What it answered, or why it could not be asked. */
  readonly message?: string
  readonly error?: string
}

/** The checks behind componentstatuses, by name. */
export type ComponentChecks = Readonly<Record<string, () => ComponentHealth>>

/** Models registry/core/componentstatus: nothing is stored, everything is asked, in no particular order. */
export function componentStatus(ctx: RequestContext): ApiResponse | undefined {
  const { request, server } = ctx
  const checks = server.options.components ?? {}
  if (request.verb === 'list') {
    const names = Object.keys(checks)
    for (let i = names.length - 1; i > 0; i--) {
      const j = server.rng.int(i + 1)
      ;[names[i], names[j]] = [names[j]!, names[i]!]
    }
    return respondList(
      ctx,
      names.map((name) => statusOf(name, checks[name]!())),
      {},
    )
  }
  if (request.verb !== 'get') return undefined
  const check = checks[request.name!]
  if (!check) throw notFound({ group: '', plural: 'componentstatus' }, request.name!)
  return respond(ctx, statusOf(request.name!, check()))
}

const statusOf = (name: string, { healthy, message, error }: ComponentHealth): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ComponentStatus',
  metadata: { name },
  conditions: [
    {
      type: 'Healthy',
      status: healthy ? 'True' : 'False',
      ...(message ? { message } : {}),
      ...(error ? { error } : {}),
    },
  ],
})
