import type { Header } from '../../etcd/api.ts'
import type { AuthChange } from '../../etcd/auth.ts'
import { AuthApi } from '../../etcd/auth-api.ts'
import type { Coro } from '../../kernel/index.ts'
import type { Call } from '../lib/cobra.ts'
import { clientOf } from './globals.ts'
import { headerOf, MESSAGES } from './messages.ts'
import { display, headerFields, message, type Shown } from './output.ts'

/** What is shown of a change that has nothing to tell but that it was done. */
const doneShown = (header: Header, text: string): Shown => ({
  ...message(MESSAGES.header, { header: headerOf(header) }),
  simple: () => `${text}\n`,
  fields: (hex) => headerFields(header, hex),
})

/** Makes a change of users or roles. Has no --command-timeout, like all of them. */
export function* change(call: Call, method: string, what: AuthChange, done: string): Coro<number> {
  const client = yield* clientOf(call)
  const header = yield* client.call(`Auth/${method}`, undefined, (api) => new AuthApi(api).change(what))
  yield* display(call, doneShown(header, done))
  return 0
}
