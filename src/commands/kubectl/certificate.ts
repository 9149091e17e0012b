import { rfc3339 } from '../../api/time.ts'
import { StatusError } from '../../api/types.ts'
import { hasFiles, liveInfos } from './lib/builder.ts'
import { forEach } from './lib/change.ts'
import { typesAndNames } from './lib/complete.ts'
import type { Definition } from './lib/define.ts'
import { CliError, throwAll } from './lib/errors.ts'
import { showHelp } from './lib/help.ts'
import { printerFor } from './lib/output.ts'
import { pages } from './pages/certificate.ts'

/** Models kubectl/pkg/cmd/certificates/certificates.go. */
function deciding(page: Definition['page'], type: 'Approved' | 'Denied'): Definition {
  const verb = type === 'Approved' ? 'approve' : 'deny'
  const opposite = type === 'Approved' ? 'Denied' : 'Approved'
  return {
    page,
    complete: typesAndNames,
    *run(k) {
      if (k.args.length === 0 && !hasFiles(k))
        throw new CliError('one or more CSRs must be specified as <name> or -f <filename>')
      const printer = printerFor(k, { operation: type.toLowerCase() })
      const { infos, errors } = yield* liveInfos(k, k.args.length > 0 ? ['certificatesigningrequests', ...k.args] : [])
      const failed = yield* forEach(infos, function* ({ resource, name, object }) {
        if (object.kind !== 'CertificateSigningRequest')
          throw new CliError(
            `can only handle CertificateSigningRequest.certificates.k8s.io objects, got ${object.kind}.${resource.group}`,
          )
        const client = yield* k.client()
        for (let i = 0; ; i++) {
          const csr = yield* client.get(resource, undefined, name)
          const conditions: any[] = csr.status?.conditions ?? []
          if (conditions.some((c) => c.type === opposite))
            throw new CliError(`certificate signing request "${name}" is already ${opposite}`)
          const already = conditions.some((c) => c.type === type)
          if (already && !k.flags.bool('force')) break
          const condition = {
            type,
            status: 'True',
            reason: type === 'Approved' ? 'KubectlApprove' : 'KubectlDeny',
            message: `This CSR was ${type.toLowerCase()} by kubectl certificate ${verb}.`,
            lastUpdateTime: rfc3339(k.now()),
          }
          const next = already ? csr : { ...csr, status: { ...csr.status, conditions: [...conditions, condition] } }
          try {
            yield* client.update(resource, undefined, name, next, { subresource: 'approval' })
            break
          } catch (error) {
            if (!(error instanceof StatusError) || error.reason !== 'Conflict' || i >= 10) throw error
          }
        }
        yield* printer.print(object)
      })
      if (infos.length === 0 && errors.length === 0) yield* k.out('No resources found\n')
      throwAll([...errors, ...failed])
      return 0
    },
  }
}

export const certificate: Definition = {
  page: pages.certificate,
  run: showHelp,
  commands: [deciding(pages.approve, 'Approved'), deciding(pages.deny, 'Denied')],
}
