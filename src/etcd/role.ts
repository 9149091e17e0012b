import { type AnyStateMachine, type EventFrom, getInitialSnapshot, getNextSnapshot, type SnapshotFrom } from 'xstate'

/** The current state of a flat machine, moved by its chart's transitions. Events that the chart does not know here change nothing. */
export class Role<M extends AnyStateMachine> {
  private snapshot: SnapshotFrom<M>

  constructor(private readonly machine: M) {
    this.snapshot = getInitialSnapshot(machine as AnyStateMachine) as SnapshotFrom<M>
  }

  get value(): string {
    return String((this.snapshot as { value: unknown }).value)
  }

  is(state: string): boolean {
    return this.value === state
  }

  send(event: EventFrom<M>): void {
    this.snapshot = getNextSnapshot(this.machine as AnyStateMachine, this.snapshot, event) as SnapshotFrom<M>
  }
}
