export { fullName, parseReference, type Reference, repositoryName } from './reference.ts'
export { type ExtraRegistry, type Lookup, lookup } from './registry.ts'
export { lookupUser, memberships, rootfs } from './rootfs.ts'
export type { FileSpec, Files, Image, ImageConfig, ImageVersion, Repository } from './types.ts'
