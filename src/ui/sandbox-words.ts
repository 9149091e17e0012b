import type { Controller } from './controller.ts'
import type { UiText } from './text.ts'

/** The keys of a terminal without a mission. */
export const sandboxKeys = ({ recording }: Controller, t: UiText): string =>
  !recording ? t.sandboxKeys : recording.repairing ? t.repairKeys : t.recordKeys

/** What stands in its bar. */
export const sandboxTitle = ({ recording }: Controller, t: UiText): string =>
  recording ? t.recording(recording.repairing) : t.sandbox

/** What is asked before a terminal without a mission is left. */
export const sandboxLeaving = (
  { recording }: Controller,
  t: UiText,
): { readonly title: string; readonly text: string; readonly keys: string } =>
  recording
    ? { title: t.leaveRecording, text: t.leaveRecordingText, keys: t.leaveRecordingKeys }
    : { title: t.leaveSandbox, text: t.leaveSandboxText, keys: t.leaveSandboxKeys }
