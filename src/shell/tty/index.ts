export { EditLine } from './edit-line.ts'
export { type Key, keyName } from './key.ts'
export type { Frame, RawMode } from './raw-mode.ts'
export { Tty, ttyOf } from './tty.ts'
