export { allowed, type Confinement, type Creds, ROOT } from './creds.ts'
export {
  type Content,
  type CopyablePayload,
  copyFile,
  type DamageablePayload,
  Dir,
  File,
  type FileEvent,
  FileSystem,
  type Inode,
  overwrite,
  type RenderedPayload,
  Special,
  Symlink,
  type Watcher,
} from './inode.ts'
export type { Mount } from './namespace.ts'
export { isNetworkFs, withoutHelper } from './netfs.ts'
export { normalize } from './paths.ts'
export { FsView } from './view.ts'
