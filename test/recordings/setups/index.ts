import type { Recording } from '../recording.ts'
import { CONTROL_PLANE } from './control-plane.ts'
import { KUBEADM } from './kubeadm.ts'
import { KUBECTL } from './kubectl.ts'
import type { Setup } from './setup.ts'

/** The kubectl lab's shell named its kubeconfig, which commands with another HOME rely on. */
const SHELL = { KUBECONFIG: '/root/.kube/config' }

const SETUPS: Readonly<Record<string, Setup>> = { ...CONTROL_PLANE, ...KUBEADM, ...KUBECTL }

/** The set-up of a recording, by `area/topic`. */
export function setupOf(recording: Recording): Setup {
  const own = SETUPS[`${recording.area}/${recording.topic}`] ?? {}
  return recording.area === 'kubectl' ? { stdin: '', ...own, env: { ...SHELL, ...recording.env, ...own.env } } : own
}
