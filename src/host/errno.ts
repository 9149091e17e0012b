import { Stackless } from '../kernel/index.ts'

/** Linux error numbers that the simulation raises, with glibc's strerror text. */
const ERRNO = {
  EPERM: [1, 'Operation not permitted'],
  ENOENT: [2, 'No such file or directory'],
  ESRCH: [3, 'No such process'],
  EIO: [5, 'Input/output error'],
  E2BIG: [7, 'Argument list too long'],
  ENOEXEC: [8, 'Exec format error'],
  EBADF: [9, 'Bad file descriptor'],
  EAGAIN: [11, 'Resource temporarily unavailable'],
  ENOMEM: [12, 'Cannot allocate memory'],
  EACCES: [13, 'Permission denied'],
  EBUSY: [16, 'Device or resource busy'],
  EEXIST: [17, 'File exists'],
  EXDEV: [18, 'Invalid cross-device link'],
  ENODEV: [19, 'No such device'],
  ENOTDIR: [20, 'Not a directory'],
  EISDIR: [21, 'Is a directory'],
  EINVAL: [22, 'Invalid argument'],
  EMFILE: [24, 'Too many open files'],
  ETXTBSY: [26, 'Text file busy'],
  EFBIG: [27, 'File too large'],
  ENOSPC: [28, 'No space left on device'],
  EROFS: [30, 'Read-only file system'],
  EPIPE: [32, 'Broken pipe'],
  ENAMETOOLONG: [36, 'File name too long'],
  ENOTEMPTY: [39, 'Directory not empty'],
  ELOOP: [40, 'Too many levels of symbolic links'],
  EADDRINUSE: [98, 'Address already in use'],
  EADDRNOTAVAIL: [99, 'Cannot assign requested address'],
  ENETUNREACH: [101, 'Network is unreachable'],
  ECONNRESET: [104, 'Connection reset by peer'],
  ETIMEDOUT: [110, 'Connection timed out'],
  ECONNREFUSED: [111, 'Connection refused'],
  EHOSTUNREACH: [113, 'No route to host'],
} as const

/** The name of an error of the kernel: `ENOENT`. */
export type Errno = keyof typeof ERRNO

/** A failed system call. Tools render `strerror` in their own sentence (`cat: x: No such file or directory`). */
export class SysError extends Stackless {
  constructor(
    readonly code: Errno,
    /** The path or address concerned, as it was given. */
    readonly subject = '',
    /** The system call in Go's vocabulary: open, mkdir, remove, … */
    readonly syscall = 'open',
  ) {
    super(subject ? `${subject}: ${ERRNO[code][1]}` : ERRNO[code][1])
  }

  /** glibc's text, e.g. `No such file or directory`. */
  get strerror(): string {
    return ERRNO[this.code][1]
  }

  /** Go's text, e.g. `open /x: no such file or directory` (syscall.Errno strings are lower case). */
  get goMessage(): string {
    const text = this.strerror.charAt(0).toLowerCase() + this.strerror.slice(1)
    return this.subject ? `${this.syscall} ${this.subject}: ${text}` : text
  }
}
