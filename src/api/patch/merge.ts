/**
 * JSON merge patch (RFC 7386). Shares what it does not change. Objects that were taken apart are put into `touched`: Go's
 * library writes those with their keys in order and leaves the text of all others alone. Models evanphx/json-patch.
 */
export function mergePatch(target: any, patch: any, touched?: Set<object>): any {
  if (!isMap(patch)) return isMap(target) ? patch : pruned(patch, touched)
  if (!isMap(target)) return pruned(patch, touched)
  const out: Record<string, any> = { ...target }
  for (const key in patch) {
    if (patch[key] === null) delete out[key]
    else out[key] = mergePatch(out[key], patch[key], touched)
  }
  touched?.add(out)
  return out
}

/** What a patch puts where there was nothing to merge with: objects without nulls, also those in lists. */
function pruned(value: any, touched?: Set<object>): any {
  if (Array.isArray(value)) return value.map((item) => pruned(item, touched))
  if (!isMap(value)) return value
  const out: Record<string, any> = {}
  for (const key in value) if (value[key] !== null) out[key] = pruned(value[key], touched)
  touched?.add(out)
  return out
}

const isMap = (value: any): value is Record<string, any> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
