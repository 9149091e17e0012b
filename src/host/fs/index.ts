export {
  bytesToText,
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
  textToBytes,
  utf8Length,
  type Watcher,
} from './inode.ts'
export { allowed, type Creds, FsView, type Mount, normalize, ROOT } from './view.ts'
