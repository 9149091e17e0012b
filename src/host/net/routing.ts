import type { Route } from './iface.ts'
import { inCidr, maskOf } from './ip.ts'
import type { Stack } from './stack.ts'

/** A rule of a lower priority than this comes after the main table (`ip rule`). */
const MAIN_PRIORITY = 32766

/** The route that the kernel takes: policy rules choose the tables, the longest prefix of the first that has one wins. */
export function lookUpRoute(stack: Stack, dst: number, mark: number, src: number): Route | undefined {
  for (const table of tablesFor(stack, dst, mark, src)) {
    let best: Route | undefined
    for (const r of stack.routes) {
      if (r.table !== table || (dst & maskOf(r.bits)) >>> 0 !== r.base) continue
      if (best && (best.bits > r.bits || (best.bits === r.bits && best.metric <= r.metric))) continue
      if (r.dev !== undefined && !stack.iface(r.dev)?.up) continue
      best = r
    }
    if (best) return best
  }
  return undefined
}

function tablesFor(stack: Stack, dst: number, mark: number, src: number): string[] {
  const tables: string[] = []
  for (const rule of stack.rules) {
    if (rule.fwmark !== undefined && rule.fwmark !== mark) continue
    if (rule.from && !inCidr(src, rule.from)) continue
    if (rule.to && !inCidr(dst, rule.to)) continue
    if (rule.priority < MAIN_PRIORITY) tables.push(rule.table)
  }
  tables.push('main')
  return tables
}

/** The route's own source address, else the device's address in the gateway's network, else its first. */
export function sourceFor(stack: Stack, route: Route): number {
  if (route.src !== undefined) return route.src
  const dev = stack.iface(route.dev ?? '')
  const near = dev?.addrs.find(
    (a) => route.via === undefined || (route.via & maskOf(a.bits)) >>> 0 === (a.ip & maskOf(a.bits)) >>> 0,
  )
  return near?.ip ?? dev?.addrs[0]?.ip ?? stack.primaryIp()
}
