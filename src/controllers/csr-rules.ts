import type { AltName, CertificateRequest } from '../pki/index.ts'

/** Whether a signer takes a request; otherwise what the Failed condition says. */
type Rule = (request: CertificateRequest, usages: readonly string[]) => string | undefined

const NOT_ALLOWED: { readonly [T in AltName['type']]: string } = {
  dns: 'DNS subjectAltNames are not allowed',
  email: 'Email subjectAltNames are not allowed',
  ip: 'IP subjectAltNames are not allowed',
  uri: 'URI subjectAltNames are not allowed',
  other: '',
}

/** The first kind of name that is there and may not be, in the order in which kubelets' requests are looked at. */
const unwanted = (request: CertificateRequest, types: readonly AltName['type'][]): string | undefined => {
  const type = types.find((t) => request.altNames.some((n) => n.type === t))
  return type && NOT_ALLOWED[type]
}

const isNodes = ({ subject }: CertificateRequest): string | undefined =>
  subject.organizations.length === 1 && subject.organizations[0] === 'system:nodes'
    ? undefined
    : 'subject organization is not system:nodes'

const namesNode = ({ subject }: CertificateRequest): string | undefined =>
  subject.commonName.startsWith('system:node:') ? undefined : 'subject common name does not begin with system:node:'

/** Exactly these usages; key encipherment is for RSA keys only, so it may be missing. */
function sameUsages(purpose: string, usages: readonly string[]): string | undefined {
  const wanted = [purpose, 'digital signature']
  const given = new Set(usages)
  given.delete('key encipherment')
  return given.size === wanted.length && wanted.every((u) => given.has(u))
    ? undefined
    : `usages did not match [${[...wanted, 'key encipherment'].sort().join(' ')}]`
}

/** Models ValidateKubeletClientCSR and ValidateKubeletServingCSR (pkg/apis/certificates/helpers.go) and the signer's own. */
const RULES: Readonly<Record<string, Rule>> = {
  'kubernetes.io/kube-apiserver-client': (_, usages) => {
    const wrong = usages.find((u) => !['digital signature', 'key encipherment', 'client auth'].includes(u))
    if (wrong !== undefined) return `invalid usage for client certificate: ${wrong}`
    return usages.includes('client auth') ? undefined : 'missing required usage for client certificate: client auth'
  },
  'kubernetes.io/kube-apiserver-client-kubelet': (request, usages) =>
    isNodes(request) ??
    unwanted(request, ['dns', 'email', 'ip', 'uri']) ??
    namesNode(request) ??
    sameUsages('client auth', usages),
  'kubernetes.io/kubelet-serving': (request, usages) =>
    isNodes(request) ??
    (request.altNames.some((n) => n.type === 'dns' || n.type === 'ip')
      ? undefined
      : 'DNS or IP subjectAltName is required') ??
    unwanted(request, ['email', 'uri']) ??
    sameUsages('server auth', usages) ??
    namesNode(request),
  'kubernetes.io/legacy-unknown': () => undefined,
}

/** Those whom the controller manager signs for. */
export const SIGNERS = Object.keys(RULES)

/** Why this signer does not sign the request, however approved; undefined when it does. */
export const whyNotSigned = (
  signer: string,
  request: CertificateRequest,
  usages: readonly string[],
): string | undefined => RULES[signer](request, usages)
