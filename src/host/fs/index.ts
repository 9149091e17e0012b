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
  Special,
  Symlink,
  type Watcher,
} from './inode.ts'
export { allowed, type Confinement, type Creds, FsView, type Mount, normalize, ROOT } from './view.ts'
