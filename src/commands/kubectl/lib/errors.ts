import { StatusError } from '../../../api/types.ts'
import { SysError } from '../../../host/index.ts'

/** An error of kubectl itself: printed as `error: …`, exit 1. */
export class CliError extends Error {}

/** Something in a file that is no object of this cluster: found when the file is read. */
export class ManifestError extends CliError {}

/** Ends the command silently (everything has been said): cmdutil.ErrExit, and exit codes of others. */
export class ExitError extends Error {
  constructor(readonly code = 1) {
    super('')
  }
}

/** Printed as it is, without `error: `. */
export class PlainError extends Error {
  constructor(
    message: string,
    readonly code = 1,
  ) {
    super(message)
  }
}

/** Several errors of one command: printed one a line. */
export class ErrorList extends Error {
  constructor(readonly errors: readonly Error[]) {
    super(errors.map((error) => error.message).join(', '))
  }
}

/** net/url.Error: the server was not reached. */
export class UrlError extends Error {
  constructor(
    readonly op: string,
    readonly url: string,
    readonly reason: string,
  ) {
    super(`${op} "${url}": ${reason}`)
  }
}

/** meta.NoResourceMatchError. */
export class NoResourceMatchError extends Error {
  constructor(
    readonly resource: string,
    readonly group = '',
    readonly version = '',
  ) {
    super(noMatch(resource, group, version))
  }
}

function noMatch(resource: string, group: string, version: string): string {
  const base = `the server doesn't have a resource type "${resource}"`
  if (group && version) return `${base} in group "${group}" and version "${version}"`
  if (group) return `${base} in group "${group}"`
  return version ? `${base} in version "${version}"` : base
}

/** usage errors of cmdutil.UsageErrorf. */
export const usageError = (path: string, message: string): CliError =>
  new CliError(`${message}\nSee '${path} -h' for help and examples`)

/** StandardErrorMessage of kubectl: texts for errors of the server and of the way to it. */
function standardMessage(error: unknown): string | undefined {
  if (error instanceof StatusError) {
    if (error.reason === 'Unauthorized') return `error: You must be logged in to the server (${error.message})`
    return error.reason
      ? `Error from server (${error.reason}): ${error.message}`
      : `Error from server: ${error.message}`
  }
  if (error instanceof UrlError) {
    // Two attempts in one error are no longer a *url.Error.
    if (error.reason.includes(' - error from a previous attempt: ')) return error.message
    if (error.reason.includes('connection refused')) {
      const host = /^[a-z]+:\/\/([^/]+)/.exec(error.url)?.[1] ?? error.url
      return `The connection to the server ${host} was refused - did you specify the right host or port?`
    }
    return `Unable to connect to the server: ${error.reason}`
  }
  return undefined
}

const messageForError = (error: unknown): string =>
  standardMessage(error) ?? (error instanceof SysError ? error.goMessage : (error as Error).message)

/** statusCausesToAggrError: `field: message`, each once. */
function causes(error: StatusError): string[] {
  const list: any[] = error.details?.causes ?? []
  return [...new Set(list.map((cause) => `${cause.field ?? ''}: ${cause.message}`))]
}

function invalid(error: StatusError): string {
  const { details } = error
  if (!details) return `The request is invalid${error.message ? `: ${error.message}` : ''}`
  let text = 'The request is invalid'
  if (details.kind || details.name) text = `The ${details.kind ?? ''} "${details.name ?? ''}" is invalid`
  else if (error.message && !details.causes?.length) text += `: ${error.message}`
  const errors = causes(error)
  if (errors.length === 0) return text
  return errors.length === 1 ? `${text}: ${errors[0]}` : `${text}: \n${errors.map((e) => `* ${e}\n`).join('')}`
}

/** What cmdutil.CheckErr prints, and the exit status. */
export function renderError(error: unknown): { text: string; code: number } {
  if (error instanceof ExitError) return { text: '', code: error.code }
  if (error instanceof PlainError) return { text: withNewline(error.message), code: error.code }
  if (error instanceof ErrorList) return { text: error.errors.map((e) => `${messageForError(e)}\n`).join(''), code: 1 }
  if (error instanceof StatusError && error.reason === 'Invalid') return { text: withNewline(invalid(error)), code: 1 }
  const standard = standardMessage(error)
  if (standard !== undefined) return { text: withNewline(standard), code: 1 }
  const message = messageForError(error)
  return { text: withNewline(message.startsWith('error: ') ? message : `error: ${message}`), code: 1 }
}

const withNewline = (text: string): string => (text.endsWith('\n') ? text : `${text}\n`)

/** The errors a command meets in normal use; anything else is a bug of ours. */
export const isExpected = (error: unknown): error is Error =>
  error instanceof CliError ||
  error instanceof ExitError ||
  error instanceof PlainError ||
  error instanceof ErrorList ||
  error instanceof UrlError ||
  error instanceof NoResourceMatchError ||
  error instanceof StatusError ||
  error instanceof SysError

/** The server says that there is no such thing. */
export const isNotFound = (error: unknown): error is StatusError =>
  error instanceof StatusError && (error.reason === 'NotFound' || error.code === 404)

/** Throws one error as it is, several together. */
export function throwAll(errors: readonly Error[]): void {
  if (errors.length === 1) throw errors[0]
  if (errors.length > 1) throw new ErrorList(errors)
}
