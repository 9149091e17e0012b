import { shared } from './shared.ts'
import type { Page } from './types.ts'

/** Help pages and flags of `kubectl certificate` (1.36). */
export const pages = {
  certificate: {
    use: 'certificate SUBCOMMAND',
    short: 'Modify certificate resources',
    long: 'Modify certificate resources.',
    disableFlagsInUseLine: true,
  },
  approve: {
    use: 'approve (-f FILENAME | NAME)',
    short: 'Approve a certificate signing request',
    long: `Approve a certificate signing request.

 kubectl certificate approve allows a cluster admin to approve a certificate signing request (CSR). This action tells a certificate signing controller to issue a certificate to the requester with the attributes requested in the CSR.

 SECURITY NOTICE: Depending on the requested attributes, the issued certificate can potentially grant a requester access to cluster resources or to authenticate as a requested identity. Before approving a CSR, ensure you understand what the signed certificate can do.`,
    example: `  # Approve CSR 'csr-sqgzp'
  kubectl certificate approve csr-sqgzp`,
    disableFlagsInUseLine: true,
    flags: [
      shared.allowMissingTemplateKeys,
      shared.filename2,
      { name: 'force', type: 'bool', usage: 'Update the CSR even if it is already approved.' },
      shared.kustomize,
      shared.output,
      shared.recursive,
      shared.showManagedFields,
      shared.template,
    ],
  },
  deny: {
    use: 'deny (-f FILENAME | NAME)',
    short: 'Deny a certificate signing request',
    long: `Deny a certificate signing request.

 kubectl certificate deny allows a cluster admin to deny a certificate signing request (CSR). This action tells a certificate signing controller to not to issue a certificate to the requester.`,
    example: `  # Deny CSR 'csr-sqgzp'
  kubectl certificate deny csr-sqgzp`,
    disableFlagsInUseLine: true,
    flags: [
      shared.allowMissingTemplateKeys,
      shared.filename2,
      { name: 'force', type: 'bool', usage: 'Update the CSR even if it is already denied.' },
      shared.kustomize,
      shared.output,
      shared.recursive,
      shared.showManagedFields,
      shared.template,
    ],
  },
} satisfies Record<string, Page>
