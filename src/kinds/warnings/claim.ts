import { amount } from '../amount.ts'

const BYTE = 1_000_000_000n

/** Amounts of bytes with a fraction: `128m` where `128M` was meant. */
export function fractionWarnings(
  warnings: string[],
  path: string,
  amounts: Readonly<Record<string, string>> | undefined,
  ...resources: string[]
): void {
  if (!amounts) return
  for (const resource of resources) {
    const value = amounts[resource]
    if (value === undefined || amount(value) % BYTE === 0n) continue
    warnings.push(
      `${path}[${resource}]: fractional byte value ${JSON.stringify(String(value))} is invalid, must be an integer`,
    )
  }
}

/** Models pkg/api/persistentvolumeclaim GetWarningsForPersistentVolumeClaimSpec. */
export function claimWarnings(warnings: string[], path: string, spec: any): void {
  fractionWarnings(warnings, `${path}.resources.requests`, spec?.resources?.requests, 'storage')
  fractionWarnings(warnings, `${path}.resources.limits`, spec?.resources?.limits, 'storage')
}
