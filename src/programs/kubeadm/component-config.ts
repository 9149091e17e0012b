import { goDuration, parseGoDuration } from '../../print/index.ts'

const isMap = (value: any): boolean => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A duration as Go writes it, where the field is one. */
function written(standard: unknown, given: any): unknown {
  if (standard !== '0s' || typeof given !== 'string') return given
  try {
    return goDuration(parseGoDuration(given))
  } catch {
    return given
  }
}

/** A component's configuration as kubeadm marshals it: fields that were given over those of nobody's choice. */
export function over(base: any, given: any): any {
  if (!isMap(base) || !isMap(given)) return written(base, given)
  const out = { ...base }
  for (const key of Object.keys(given))
    if (given[key] !== null) out[key] = key in base ? over(base[key], given[key]) : given[key]
  return out
}
