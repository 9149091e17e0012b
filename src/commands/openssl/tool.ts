import { MACHINE, type Process, readAll, SysError } from '../../host/index.ts'
import type { Coro, Rng } from '../../kernel/index.ts'
import type { Name } from '../../pki/index.ts'
import { oneline, spaceless } from './name-format.ts'

/** Ends a subcommand with this status; what there is to say has been said. */
export class Exit extends Error {
  constructor(readonly status: number) {
    super(`exit ${status}`)
  }
}

/** A running openssl subcommand: its name, its files, its two outputs and its error queue. */
export class Tool {
  readonly rng: Rng
  /** How OpenSSL prefixes its error queue: the thread's number. */
  private readonly thread: string
  private input: string | undefined

  constructor(
    readonly p: Process,
    readonly name: string,
  ) {
    this.rng = p.host.rng.fork(`openssl/${p.pid}/${p.startedAt}`)
    this.thread = `40${this.rng.hex(8).toUpperCase()}7F0000`
  }

  /** A release after 3.2, as Debian's of the lab; the game's own machines have 3.0. */
  get recent(): boolean {
    const { host } = this.p
    return host.has(MACHINE) && host.service(MACHINE).platform.plainNames === true
  }

  /** A name as this release prints it: since OpenSSL 3.2 without blanks around the equals sign. */
  names(name: Name): string {
    return this.recent ? spaceless(name) : oneline(name)
  }

  /** So many random bytes. */
  random(bytes: number): Buffer {
    return Buffer.from(this.rng.hex(bytes * 2), 'hex')
  }

  /** The host's clock, ms. */
  get now(): number {
    return this.p.now()
  }

  out(text: string): void {
    this.p.stdout.write(text)
  }

  err(text: string): void {
    this.p.stderr.write(text)
  }

  /** Says something on stderr and ends with status 1. */
  fail(text: string, status = 1): never {
    this.err(text.endsWith('\n') || text === '' ? text : `${text}\n`)
    throw new Exit(status)
  }

  /** One line of the error queue, without the thread's number. */
  queue(...lines: string[]): void {
    for (const line of lines) this.err(`${this.thread}:error:${line}\n`)
  }

  /** Reads a file; throws SysError. */
  read(path: string): string {
    return this.p.fs.readFile(path, this.p.cwd, this.p.creds)
  }

  isDirectory(path: string): boolean {
    return this.p.fs.find(path, this.p.cwd)?.kind === 'dir'
  }

  /** Everything on standard input, which can be read once. */
  *stdin(): Coro<string> {
    this.input ??= yield* readAll(this.p.stdin)
    return this.input
  }

  /** The file's text, or standard input when there is none. */
  *text(path: string | undefined): Coro<string> {
    return path === undefined || STDIN.test(path) ? yield* this.stdin() : this.read(path)
  }

  /** Tells of a file that BIO_new_file could not open for reading. Throws what is no failed system call. */
  tellUnopened(path: string | undefined, mode: 'r' | 'rb', error: unknown): void {
    if (!(error instanceof SysError)) throw error
    this.err(`Can't open "${path}" for reading, ${error.strerror}\n`)
    this.queue(...bioNewFile(path ?? '', mode, error))
  }

  /** A private key's file is opened before the key is made: ends the program where that fails. */
  checkPrivate(path: string | undefined): void {
    if (path === undefined || this.p.fs.exists(path, this.p.cwd)) return
    try {
      this.p.fs.writeFile(path, '', { cwd: this.p.cwd, creds: this.p.creds, mode: 0o600 })
    } catch (error) {
      if (!(error instanceof SysError)) throw error
      this.fail(`${this.name}: Can't open "${path}" for writing, ${error.strerror}`)
    }
  }

  /** Writes to a file, or to standard output when there is none. A private key's file is for its owner alone. */
  write(path: string | undefined, text: string, mode?: number): void {
    if (path === undefined) return this.out(text)
    if (mode !== undefined) this.checkPrivate(path)
    try {
      const existed = this.p.fs.exists(path, this.p.cwd)
      this.p.fs.writeFile(path, text, { cwd: this.p.cwd, creds: this.p.creds, mode })
      if (existed && mode !== undefined) this.p.fs.chmod(path, mode, this.p.cwd, this.p.creds)
    } catch (error) {
      if (!(error instanceof SysError)) throw error
      this.err(`Can't open "${path}" for writing, ${error.strerror}\n`)
      this.queue(...bioNewFile(path, 'w', error))
      throw new Exit(1)
    }
  }
}

const STDIN = /^\/dev\/(stdin|fd\/0)$|^\/proc\/self\/fd\/0$/

/** The error queue of a BIO_new_file that failed. */
export function bioNewFile(path: string, mode: string, error: SysError): string[] {
  const number = { ENOENT: '2', EACCES: 'D', EISDIR: '15', ENOTDIR: '14' }[error.code as string] ?? '2'
  const code = `80${number.padStart(6, '0')}`
  return [
    `${code}:system library:BIO_new_file:${error.strerror}:../crypto/bio/bss_file.c:67:calling fopen(${path}, ${mode})`,
    error.code === 'ENOENT'
      ? '10000080:BIO routines:BIO_new_file:no such file:../crypto/bio/bss_file.c:75:'
      : '10080002:BIO routines:BIO_new_file:system lib:../crypto/bio/bss_file.c:77:',
  ]
}
