import type { ContainerSpec } from '../types.ts'

/** A port by number or by the name that the container gives it, or what is wrong with it. Models ResolveContainerPort of pkg/probe. */
export function resolvePort(spec: ContainerSpec, port: number | string): number | { readonly error: string } {
  const known = spec.ports?.find((p: any) => p.name === port)?.containerPort
  if (known === undefined && !/^[+-]?\d+$/.test(String(port)))
    return { error: `strconv.Atoi: parsing ${JSON.stringify(port)}: invalid syntax` }
  const number = Number(known ?? port)
  return number > 0 && number < 65_536 ? number : { error: `invalid port number: ${number}` }
}
