import type { RequestContext } from '../context.ts'

/** Field validation of a body that came as text: unknown and duplicate fields, wrong types. */
export function checkFields(_ctx: RequestContext, _body: unknown): void {}
