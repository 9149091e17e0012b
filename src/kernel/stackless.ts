/** As Error, but made without asking V8 for the stack: the constructor of Error collects it even when nobody wants it. */
class Bare {
  constructor(readonly message = '') {}

  /** What `Error.prototype.toString` says: where it was thrown is not known. */
  get stack(): string {
    return String(this)
  }
}
Object.setPrototypeOf(Bare.prototype, Error.prototype)

/**
 * An error of the simulated world: thrown by the thousand and told apart by its type. It records no stack, whose
 * collection would cost more than all else about it.
 */
export const Stackless = Bare as unknown as new (message?: string) => Error
