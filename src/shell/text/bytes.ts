import { bytesToText, textToBytes } from '../../kernel/index.ts'

/** Text between two byte offsets (negative `to` counts from the end). */
export function takeBytes(text: string, from: number, to?: number): string {
  if (/^[\x00-\x7f]*$/.test(text)) return text.slice(from, to)
  return bytesToText(textToBytes(text).subarray(from, to))
}
