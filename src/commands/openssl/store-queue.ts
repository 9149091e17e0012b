import { textToBytes } from '../../kernel/index.ts'
import { decodePem } from '../../pki/index.ts'

/** A decoder gave something back that nobody had asked for. */
export const UNSUPPORTED =
  '1608010C:STORE routines:ossl_store_handle_load_result:unsupported:../crypto/store/store_result.c:149:'

/** Kinds of PEM that OSSL_STORE's decoders read. */
const READABLE =
  /^(X509 |TRUSTED )?CERTIFICATE$|^(RSA |EC |ENCRYPTED )?(PRIVATE|PUBLIC) KEY$|^X509 CRL$|^EC PARAMETERS$/

/**
 * The error queue of OSSL_STORE after a file without what it was asked for. `what`: as messages name it; `form`: PEM or DER
 * where nothing else was allowed.
 */
export function storeQueue(what: string, text: string, form: string | undefined): string[] {
  const certificate = what.includes('cert') && !what.includes('key')
  const isPublic = what.includes('ublic')
  const block = form === 'DER' ? undefined : decodePem(text)[0]
  if (block && READABLE.test(block.type)) {
    const whole = decodesWhole(block.bytes)
    if (!whole) return [UNSUPPORTED]
    if (block.type === 'X509 CRL') return []
    if (certificate) return [UNSUPPORTED]
    if (block.type === 'CERTIFICATE') return []
    return isPublic ? [UNSUPPORTED] : [UNSUPPORTED, UNSUPPORTED]
  }
  if (form === 'PEM') return []
  const type = form === 'DER' ? `${certificate ? ' ' : ''}Input type: DER${certificate ? ', ' : ''}` : ''
  const nothing = `1E08010C:DECODER routines:OSSL_DECODER_from_bio:unsupported:../crypto/encode_decode/decoder_lib.c:103:No supported data to decode. ${type}${certificate ? 'Input structure: Certificate' : ''}`
  const lines: string[] = []
  // What is no PEM is taken for DER, an object after the other; two of them end a round.
  const objects = countObjects(textToBytes(text))
  for (let n = 1; n <= objects; n++) lines.push(UNSUPPORTED, ...(n % 2 === 0 ? [nothing] : []))
  // The queue is a ring of 15, of which the last round's own errors, taken back in the end, have pushed out some.
  const kept = (certificate || isPublic ? 13 : 12) - (objects % 2)
  return lines.slice(-kept)
}

function decodesWhole(der: Uint8Array): boolean {
  const length = lengthAt(der, 1)
  return length !== undefined && length.end + length.value === der.length
}

/** How many tag-length-value objects, of whatever nonsense, follow each other from the start. */
function countObjects(bytes: Uint8Array): number {
  let objects = 0
  for (let at = 0; at < bytes.length; ) {
    let next = at + 1
    if ((bytes[at] & 0x1f) === 0x1f) {
      while (bytes[next] >= 0x80) next++
      next++
    }
    const length = lengthAt(bytes, next)
    if (!length || length.end + length.value > bytes.length) break
    at = length.end + length.value
    objects++
  }
  return objects
}

function lengthAt(bytes: Uint8Array, at: number): { value: number; end: number } | undefined {
  const first = bytes[at]
  if (first === undefined) return undefined
  if (first < 0x80) return { value: first, end: at + 1 }
  const size = first & 0x7f
  if (size === 0 || size > 4 || at + 1 + size > bytes.length) return undefined
  let value = 0
  for (let i = 1; i <= size; i++) value = value * 256 + bytes[at + i]
  return { value, end: at + 1 + size }
}
