import type { AnyStateMachine } from 'xstate'
import { memberMachine } from '../../etcd/member.machine.ts'
import { unitMachine } from '../../host/systemd/unit.machine.ts'
import { nodeConditionMachine } from '../../programs/kubelet/node-condition.machine.ts'
import { podMachine } from '../../programs/kubelet/pod.machine.ts'

/** The machines that a lesson can show with a fenced block `machine`: those that the simulator itself runs. */
export const MACHINES: Readonly<Record<string, AnyStateMachine>> = {
  'etcd-member': memberMachine,
  'node-condition': nodeConditionMachine,
  pod: podMachine,
  unit: unitMachine,
}
