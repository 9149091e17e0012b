import type { Recording } from '../recording.ts'
import { KUBEADM } from './kubeadm.ts'
import type { Setup } from './setup.ts'

const SETUPS: Readonly<Record<string, Setup>> = { ...KUBEADM }

/** The set-up of a recording, by `area/topic`. */
export const setupOf = (recording: Recording): Setup => SETUPS[`${recording.area}/${recording.topic}`] ?? {}
