/** What a unit's name ends with: its type. */
export const SUFFIX = /\.(service|socket|target|timer|mount|automount|swap|path|slice|scope|device)$/

/** `kubelet` → `kubelet.service`. */
export const unitName = (name: string): string => (SUFFIX.test(name) ? name : `${name}.service`)
