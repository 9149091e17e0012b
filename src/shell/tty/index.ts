export { EditLine } from './edit-line.ts'
export { type Key, keyName } from './key.ts'
export { type Editing, type Frame, RawMode, Tty, ttyOf } from './tty.ts'
