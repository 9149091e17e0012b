import type { DialResult, Sink, Source } from '../host/index.ts'
import type { Signal } from '../kernel/index.ts'
import type { StatusError } from './types.ts'

/*
 * What kubectl and the kubelet exchange through the API server, where the real ones use WebSockets:
 *
 * - pods/log: verb `get`, subresource `log`, the options in `query` (container, follow, previous, sinceSeconds, sinceTime,
 *   timestamps, tailLines, limitBytes). Answer: `body` is the text; with follow=true `stream` is an EventStream<string>.
 * - pods/exec, pods/attach: verb `connect`, `query` (container, command[], stdin, stdout, stderr, tty), `body` RemoteStreams.
 *   Answer: code 101 and `body` RemoteSession, or a Status.
 * - pods/portforward: verb `connect`, `query` (ports[]). Answer: code 101 and `body` PortForwardSession.
 */

/** The client's ends of an exec or attach. The kubelet reads and writes them directly. */
export interface RemoteStreams {
  /** Absent without -i. */
  readonly stdin?: Source
  readonly stdout: Sink
  /** The same as stdout with a terminal. */
  readonly stderr: Sink
  readonly tty: boolean
  /** Terminal size, read whenever it is needed. */
  readonly size?: () => { readonly columns: number; readonly rows: number }
}

/** How a remote command ended: its exit status, or what the runtime had to say instead. */
type RemoteResult =
  | { readonly code: number; readonly error?: undefined }
  | { readonly code?: undefined; readonly error: StatusError }

/** A running exec or attach, held by the client. */
export interface RemoteSession {
  /** Fires once, when `result` is there. */
  readonly ended: Signal
  readonly result: RemoteResult | undefined
  /** The client hangs up: the command's terminal is gone (SIGHUP), its pipes are closed. */
  close(): void
}

/** A way into the pod's network namespace, as the runtime's PortForward gives it: connects to localhost there. */
export interface PortForwardSession {
  /** Dials 127.0.0.1:port inside the pod. */
  dial(port: number): DialResult
  /** What the runtime says of a port at which nothing answers. */
  refused(port: number): string
  readonly closed: boolean
  readonly ended: Signal
  close(): void
}
