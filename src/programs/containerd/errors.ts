import { Stackless } from '../../kernel/index.ts'

/** gRPC status codes that containerd's CRI service answers with. */
type GrpcCode =
  | 'Unknown'
  | 'NotFound'
  | 'Unavailable'
  | 'Unimplemented'
  | 'InvalidArgument'
  | 'AlreadyExists'
  | 'DeadlineExceeded'
  | 'FailedPrecondition'
  | 'ResourceExhausted'

/** A failed CRI call. `message` is what Go prints: `rpc error: code = NotFound desc = …`. */
export class GrpcError extends Stackless {
  constructor(
    readonly code: GrpcCode,
    readonly desc: string,
  ) {
    super(`rpc error: code = ${code} desc = ${desc}`)
  }
}

/** gRPC's code for an error that nobody classified. */
export const unknown = (desc: string): GrpcError => new GrpcError('Unknown', desc)

/** gRPC's code for what is not there. */
export const notFound = (desc: string): GrpcError => new GrpcError('NotFound', desc)
