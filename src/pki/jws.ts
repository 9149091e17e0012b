import { hmac } from './hash.ts'

const encode = (text: string): string => Buffer.from(text, 'utf8').toString('base64url')

/**
 * The detached signature that the bootstrap signer puts into the ConfigMap `cluster-info` for a token
 * (k8s.io/cluster-bootstrap/token/jws): HMAC-SHA256 over the kubeconfig, keyed with `ID.SECRET`.
 */
export function detachedSignature(content: string, tokenId: string, tokenSecret: string): string {
  const head = encode(`{"alg":"HS256","kid":"${tokenId}"}`)
  const signature = hmac('sha256', `${tokenId}.${tokenSecret}`, `${head}.${encode(content)}`)
  return `${head}..${signature.toString('base64url')}`
}

/** Whether a detached signature was made for this content with this token. */
export const detachedSignatureValid = (
  signature: string,
  content: string,
  tokenId: string,
  tokenSecret: string,
): boolean => signature === detachedSignature(content, tokenId, tokenSecret)
