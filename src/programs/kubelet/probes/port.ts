import type { ContainerSpec } from '../types.ts'

/** A port by number or by the name that the container gives it. */
export function resolvePort(spec: ContainerSpec, port: number | string): number | undefined {
  if (typeof port === 'number') return port
  if (/^\d+$/.test(port)) return Number(port)
  return spec.ports?.find((p: any) => p.name === port)?.containerPort
}
