/** JSON merge patch (RFC 7386). Shares what it does not change. */
export function mergePatch(target: any, patch: any): any {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch
  const out: Record<string, any> =
    typeof target === 'object' && target !== null && !Array.isArray(target) ? { ...target } : {}
  for (const key in patch) {
    if (patch[key] === null) delete out[key]
    else out[key] = mergePatch(out[key], patch[key])
  }
  return out
}
