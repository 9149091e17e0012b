import { digest } from '../../pki/index.ts'

const MAX_LENGTH = 28

/** A plugin's own iptables chain for a pod on a network; `kind` is e.g. `DN-`. Models plugins/pkg/utils/utils.go FormatChainName. */
export const podChain = (network: string, id: string, kind = ''): string =>
  `CNI-${kind}${digest('sha512', network, id).toString('hex')}`.slice(0, MAX_LENGTH)
