import type { OptionSpec, Options } from './options.ts'
import type { Tool } from './tool.ts'

const DAY = 86_400_000

/** How long a new certificate is to be valid; the two dates came with OpenSSL 3.4. */
export const validityOptions = (tool: Tool): OptionSpec => ({
  days: 'number',
  ...(tool.recent ? { not_before: 'text', not_after: 'text' } : {}),
})

/** A time as -not_before and -not_after take it: [CC]YYMMDDHHMMSSZ. */
function time(tool: Tool, option: string, text: string): number {
  const m = /^(\d\d)?(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text)
  if (!m) return tool.fail(`${tool.name}: Invalid value for ${option}: "${text}"`)
  const century = m[1] ?? (Number(m[2]) < 50 ? '20' : '19')
  return Date.parse(`${century}${m[2]}-${m[3]}-${m[4]}T${m[5]}:${m[6]}:${m[7]}Z`)
}

/** First and last moment of a new certificate, ms. */
export function validity(tool: Tool, o: Options): { notBefore: number; notAfter: number } {
  const now = Math.floor(tool.now / 1000) * 1000
  const from = o.get('not_before')
  const to = o.get('not_after')
  return {
    notBefore: from === undefined ? now : time(tool, 'not_before', from),
    notAfter: to === undefined ? now + (o.number('days') ?? 30) * DAY : time(tool, 'not_after', to),
  }
}
