import { badRequest } from '../errors.ts'
import { jsonSyntaxError } from '../json/go-syntax.ts'

/** Continue tokens are base64url of what apiserver/pkg/storage/continue.go writes. */
export function encodeContinue(revision: number, after: string): string {
  return base64Url(JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start: `${after}\u0000` }))
}

/** Where a list goes on: after which key, and at which revision. Throws 400. */
export function decodeContinue(token: string): { revision: number; after: string } {
  const bad = (why: string) => badRequest(`invalid continue token: continue key is not valid: ${why}`)
  const illegal = token.search(/[^A-Za-z0-9_-]/)
  if (illegal >= 0) throw bad(`illegal base64 data at input byte ${illegal}`)
  const text = atob(token.replaceAll('-', '+').replaceAll('_', '/'))
  const wrong = jsonSyntaxError(text)
  if (wrong) throw bad(wrong)
  const { v, rv, start } = JSON.parse(text)
  if (v !== 'meta.k8s.io/v1') throw bad(`server does not recognize this encoded version ${v ?? ''}`)
  if (/(^|\/)\.\.(\/|$)/.test(String(start))) throw bad(String(start))
  return { revision: rv, after: String(start).replace(/\0$/, '') }
}

const base64Url = (text: string): string => btoa(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
