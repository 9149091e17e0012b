/** A failure in the words of Go's crypto libraries (or of the program named in the message). */
export class PkiError extends Error {}
