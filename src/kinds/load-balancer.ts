import { compareBytes } from '../print/index.ts'

/** Addresses of a status.loadBalancer, without duplicates and in order. */
export function ingressAddresses(status: any): string[] {
  const found = new Set<string>()
  for (const { ip, hostname } of status?.ingress ?? []) if (ip || hostname) found.add(ip || hostname)
  return [...found].sort(compareBytes)
}
