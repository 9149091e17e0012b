import { serviceKey } from '../host.ts'

/** Attached while a machine shuts down: nothing is restarted any more. */
export const STOPPING = serviceKey<true>('stopping')
