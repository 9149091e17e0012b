import { badRequest } from '../errors.ts'

/** Continue tokens are base64url of what apiserver/pkg/storage/continue.go writes. */
export function encodeContinue(revision: number, after: string): string {
  return base64Url(JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start: `${after}\u0000` }))
}

export function decodeContinue(token: string): { revision: number; after: string } {
  try {
    const { v, rv, start } = JSON.parse(atob(token.replaceAll('-', '+').replaceAll('_', '/')))
    if (v !== 'meta.k8s.io/v1' || typeof start !== 'string') throw new Error()
    return { revision: rv, after: start.replace(/\u0000$/, '') }
  } catch {
    throw badRequest('continue key is not valid: illegal base64 data at input byte 0')
  }
}

const base64Url = (text: string): string => btoa(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
