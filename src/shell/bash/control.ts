/** Non-local exits of the executor, thrown through the tree walk. */
export abstract class Unwind extends Error {}

/** `break N` on its way to its loop. */
export class Break extends Unwind {
  constructor(public levels: number) {
    super('break')
  }
}

/** `continue N` on its way to its loop. */
export class Continue extends Unwind {
  constructor(public levels: number) {
    super('continue')
  }
}

/** `return` on its way to the end of the function or sourced file. */
export class Return extends Unwind {
  constructor(readonly status: number) {
    super('return')
  }
}

/** `exit` on its way to the end of the shell. */
export class Exit extends Unwind {
  constructor(readonly status: number) {
    super('exit')
  }
}

/** The current command line is given up (`${x:?}`, failed expansion); a script ends, a prompt returns. */
export class Abandon extends Unwind {
  constructor(readonly status: number) {
    super('abandon')
  }
}

/** Ctrl-C at an interactive shell: back to the prompt. */
export class Interrupted extends Unwind {
  constructor(readonly status = 130) {
    super('interrupted')
  }
}

/** A message of the shell itself: reported with the shell's prefix, the command fails with `status`. */
export class ShellError extends Error {
  constructor(
    message: string,
    readonly status = 1,
    /** True for errors after which a non-interactive shell exits. */
    readonly fatal = false,
    /** True for failed expressions: the rest of the line is given up. */
    readonly discards = false,
  ) {
    super(message)
  }
}
