/** Something notable that happened in a world, and what had led to it. */
export interface Happening {
  /** Virtual ms. */
  readonly at: number
  /** A host, or an object as `node/node01`. */
  readonly where: string
  readonly what: string
  /** Undefined for what came from outside, or of itself. */
  readonly because: Happening | undefined
  /** Nobody did it: a certificate reached its end. */
  readonly ofItself: boolean
}

/** More happenings than this tell nobody anything. */
const LIMIT = 1000

/** What happened because of what was done to a world, each thing once: the first time tells how it came about. */
export class Chronicle {
  readonly happenings: Happening[] = []
  private readonly known = new Map<string, Happening>()
  private readonly latest = new Map<string, Happening>()

  constructor(private readonly now: () => number) {}

  /** @internal */
  record(where: string, what: string, because: Happening | undefined, ofItself = false): Happening | undefined {
    const key = `${where}\n${what}`
    let happening = this.known.get(key)
    if (!happening) {
      if (this.happenings.length >= LIMIT) return undefined
      happening = { at: this.now(), where, what, because, ofItself }
      this.happenings.push(happening)
      this.known.set(key, happening)
    }
    this.latest.set(where, happening)
    return happening
  }

  /** @internal */
  lastAt(where: string): Happening | undefined {
    return this.latest.get(where)
  }
}

/**
 * Why that runs which runs now. Kept beside the program, as AsyncLocalStorage does it, because it runs through
 * everything and decides nothing: what is due later, and who is woken, inherits it.
 */
let why: Happening | undefined
let chronicle: Chronicle | undefined

/** Why what runs now runs: to be kept with what it changes, for `learn`. */
export const because = (): Happening | undefined => why

/** Runs `fn` for a reason. Used by the kernel for everything it runs. */
export function runBecause(reason: Happening | undefined, of: Chronicle | undefined, fn: () => void): void {
  const before = why
  const outer = chronicle
  why = reason
  chronicle = of
  try {
    fn()
  } finally {
    why = before
    chronicle = outer
  }
}

const ledTo = (cause: Happening, effect: Happening | undefined): boolean => {
  for (let at = effect; at; at = at.because) if (at === cause) return true
  return false
}

/**
 * What runs now has come upon something (a file, a silent port, a clock) that is as it is because of `reason`: whatever
 * it does next, it does because of that.
 */
export function learn(reason: Happening | undefined): void {
  if (reason && !ledTo(reason, why)) why = reason
}

/** The same, for something that does not happen any more: the last that was heard from there is the reason. */
export const learnFromSilence = (where: string): void => learn(chronicle?.lastAt(where))

/** Runs `fn`; what it comes upon is no reason of what follows. */
export function aside<T>(fn: () => T): T {
  const before = why
  try {
    return fn()
  } finally {
    why = before
  }
}

/** Runs `fn` as if for no reason: what it leaves behind leads to nothing. */
export function forNoReason<T>(fn: () => T): T {
  return aside(() => {
    why = undefined
    return fn()
  })
}

/** Something notable happens. It is recorded when something led to it, and is then the reason of what follows. */
export function happened(where: string, what: string): void {
  if (why && chronicle) why = chronicle.record(where, what, why) ?? why
}

/** The same for a report of something, which leads to nothing itself. */
export const reported = (where: string, what: string): void => aside(() => happened(where, what))

/** The same for what time alone brings about, such as the end of a certificate. */
export function happenedByItself(where: string, what: string): void {
  if (chronicle) why = chronicle.record(where, what, why, why === undefined) ?? why
}
