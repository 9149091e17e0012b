import { toKubectlJson, toYaml } from '../../../print/index.ts'
import { namesOf } from '../lib/complete.ts'
import type { Definition } from '../lib/define.ts'
import { CliError, isExpected } from '../lib/errors.ts'
import { printerFor } from '../lib/output.ts'
import { pages } from '../pages/create.ts'
import { core, nameArgument } from './generator.ts'

/** Models kubectl/pkg/cmd/create/create_token.go. */
export const token: Definition = {
  page: pages.token,
  complete: namesOf('serviceaccounts'),
  *run(k) {
    const name = nameArgument(k)
    const { flags } = k
    const duration = flags.duration('duration')
    if (duration < 0) throw new CliError('--duration must be greater than or equal to 0')
    if (duration % 1000 !== 0) throw new CliError('--duration cannot be expressed in units less than seconds')
    const [kind, objectName, uid] = ['bound-object-kind', 'bound-object-name', 'bound-object-uid'].map((f) =>
      flags.string(f),
    )
    if (kind && !['Pod', 'Secret', 'Node'].includes(kind))
      throw new CliError(`supported --bound-object-kind values are Node, Pod, Secret`)
    if (kind && !objectName) throw new CliError('--bound-object-name is required if --bound-object-kind is provided')
    for (const [flag, value] of Object.entries({ name: objectName, uid }))
      if (!kind && value)
        throw new CliError(`--bound-object-${flag} can only be set if --bound-object-kind is provided`)
    const audiences = flags.strings('audience')
    const body = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      metadata: {},
      spec: {
        audiences: audiences.length > 0 ? audiences : null,
        expirationSeconds: duration > 0 ? duration / 1000 : null,
        boundObjectRef: kind ? { kind, apiVersion: 'v1', name: objectName, ...(uid ? { uid } : {}) } : null,
      },
      status: { expirationTimestamp: null, token: '' },
    }
    const client = yield* k.client()
    let answer: any
    try {
      answer = yield* client.send({
        verb: 'create',
        group: '',
        version: 'v1',
        resource: core('serviceaccounts', 'ServiceAccount').name,
        namespace: k.namespace,
        name,
        subresource: 'token',
        body,
      })
    } catch (error) {
      if (isExpected(error)) throw new CliError(`failed to create token: ${error.message}`)
      throw error
    }
    const output = flags.string('output')
    if (!answer.status?.token) throw new CliError('failed to create token: no token in server response')
    if (output === '') yield* k.out(`${answer.status.token}\n`)
    else if (output === 'json' || output === 'yaml')
      yield* k.out(output === 'json' ? toKubectlJson(answer, false) : toYaml(answer))
    else yield* printerFor(k).print(answer)
    return 0
  },
}
