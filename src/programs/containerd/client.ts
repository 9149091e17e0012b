import { type Creds, type FsView, ROOT, SysError } from '../../host/index.ts'
import { learn } from '../../kernel/index.ts'
import { CriServer } from './cri.ts'
import { GrpcError } from './errors.ts'

const dialing = (endpoint: string, problem: string): GrpcError =>
  new GrpcError(
    'Unavailable',
    `connection error: desc = "transport: Error while dialing: dial unix ${endpoint}: connect: ${problem}"`,
  )

/**
 * Connects to a CRI socket by its path in the caller's files, as gRPC does. `endpoint` may be `unix:///run/…` or a
 * plain path. Throws GrpcError.
 */
export function dialCri(fs: FsView, endpoint: string, creds: Creds = ROOT): CriServer {
  const path = endpoint.replace(/^unix:\/\//, '')
  if (creds.uid === 0) {
    const socket = fs.find(path)
    if (socket?.kind === 'special' && socket.service instanceof CriServer) return socket.service
  }
  let node: ReturnType<FsView['resolve']>
  try {
    node = fs.resolve(path, '/', creds)
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    throw dialing(path, error.goMessage.slice(error.goMessage.indexOf(': ') + 2))
  }
  if (creds.uid !== 0 && creds.uid !== node.uid) throw dialing(path, 'permission denied')
  if (node.kind !== 'special' || !(node.service instanceof CriServer)) {
    learn(node.why)
    throw dialing(path, 'connection refused')
  }
  return node.service
}
