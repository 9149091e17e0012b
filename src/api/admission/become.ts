import type { Attributes } from './plugin.ts'

/** Makes a request's object what a webhook or policy returned. It and its metadata stay the same ones, with which the request goes on. */
export function become(a: Attributes, next: any): void {
  const object: any = a.object
  const { metadata } = object
  for (const emptied of [object, metadata]) for (const key of Object.keys(emptied)) delete emptied[key]
  Object.assign(object, next, { metadata: Object.assign(metadata, next.metadata) })
  a.ctx.stored.defaults(object)
}
