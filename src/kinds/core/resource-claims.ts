import type { KubeObject } from '../object.ts'

/**
 * The ResourceClaim that an entry of a pod's resourceClaims stands for: named there, or made from a template and noted in
 * the status. Undefined: not made yet; null: none is needed. Models dynamic-resource-allocation/resourceclaim.
 */
export function resourceClaimName(pod: KubeObject, entry: any): string | null | undefined {
  if (entry.resourceClaimName) return entry.resourceClaimName
  const noted = (pod.status?.resourceClaimStatuses ?? []).find((s: any) => s.name === entry.name)
  return noted ? (noted.resourceClaimName ?? null) : undefined
}
