export { fullName, parseReference, type Reference, repositoryName } from '../../kinds/index.ts'
export { lookup } from './registry.ts'
export { lookupUser, memberships, rootfs } from './rootfs.ts'
export type { Files, Image, ImageVersion } from './types.ts'
