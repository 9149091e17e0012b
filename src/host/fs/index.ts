export {
  bytesToText,
  type DamageablePayload,
  overwrite,
  type Content,
  type CopyablePayload,
  copyFile,
  Dir,
  File,
  type FileEvent,
  FileSystem,
  type Inode,
  Special,
  Symlink,
  textToBytes,
  utf8Length,
  type Watcher,
} from './inode.ts'
export { allowed, type Creds, FsView, type Mount, normalize, ROOT } from './view.ts'
