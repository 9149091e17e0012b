import type { Controller } from './controller.ts'
import type { UiText } from './text.ts'

/** The keys of a terminal without a mission. */
export const sandboxKeys = ({ recording }: Controller, t: UiText): string =>
  !recording ? t.sandboxKeys : recording.repairing ? t.repairKeys : t.recordKeys
