interface Entry {
  backoff: number
  last: number
}

/** Models client-go/util/flowcontrol.Backoff: doubles from `initial` to `max`; forgotten after twice `max`. */
export class Backoff {
  private readonly entries = new Map<string, Entry>()

  constructor(
    private readonly now: () => number,
    private readonly initial: number,
    private readonly max: number,
  ) {}

  /** The present back-off of a key, ms. */
  get(key: string): number {
    return this.entries.get(key)?.backoff ?? 0
  }

  /** Goes to the next back-off after something failed at `at`. */
  next(key: string, at: number): void {
    const entry = this.entries.get(key)
    if (!entry || this.expired(at, entry)) this.entries.set(key, { backoff: this.initial, last: this.now() })
    else {
      entry.backoff = Math.min(entry.backoff * 2, this.max)
      entry.last = this.now()
    }
  }

  /** Is `at` (when it failed) still within the back-off? */
  isInBackOffSince(key: string, at: number): boolean {
    const entry = this.entries.get(key)
    return entry !== undefined && !this.expired(at, entry) && this.now() - at < entry.backoff
  }

  /** Counted from the last update, as image pulls do it. */
  isInBackOffSinceUpdate(key: string): boolean {
    const entry = this.entries.get(key)
    return entry !== undefined && !this.expired(this.now(), entry) && this.now() - entry.last < entry.backoff
  }

  /** When the back-off of a failure at `at` ends, by the same clock. */
  endsAt(key: string, at: number): number {
    return at + this.get(key)
  }

  delete(prefix: string): void {
    for (const key of this.entries.keys()) if (key.startsWith(prefix)) this.entries.delete(key)
  }

  private expired(at: number, entry: Entry): boolean {
    return at - entry.last > this.max * 2
  }
}
