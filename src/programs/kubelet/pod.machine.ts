import { setup } from 'xstate'

/**
 * A pod's life on its node, as pkg/kubelet/pod_workers.go keeps it. `syncing` starts and keeps containers; a deletion,
 * an eviction, a deadline or a terminal phase leads to `terminating`, which only stops; `terminated` cleans up.
 */
export const podMachine = setup({
  types: { events: {} as { type: 'terminate' | 'stopped' | 'cleaned' | 'reject' } },
}).createMachine({
  id: 'pod',
  initial: 'syncing',
  states: {
    syncing: { on: { terminate: 'terminating', reject: 'terminated' } },
    terminating: { on: { stopped: 'terminated' } },
    terminated: { on: { cleaned: 'finished' } },
    finished: { type: 'final' },
  },
})
