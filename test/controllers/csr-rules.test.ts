import { expect, test } from 'vitest'
import { whyNotSigned } from '../../src/controllers/csr-rules.ts'
import { type CertificateRequest, goSubject } from '../../src/pki/index.ts'

const NODES = ['system:nodes']
const CLIENT = ['digital signature', 'client auth']
const SERVER = ['digital signature', 'server auth', 'key encipherment']
const DNS = { type: 'dns', value: 'node01' }

const PEOPLE = 'kubernetes.io/kube-apiserver-client'
const NODE = 'kubernetes.io/kube-apiserver-client-kubelet'
const SERVING = 'kubernetes.io/kubelet-serving'

test.each([
  [PEOPLE, 'ana', [], [], ['client auth'], undefined],
  [PEOPLE, 'ana', [], [DNS], [...CLIENT, 'key encipherment'], undefined],
  [PEOPLE, 'ana', [], [], ['server auth'], 'invalid usage for client certificate: server auth'],
  [PEOPLE, 'ana', [], [], ['digital signature'], 'missing required usage for client certificate: client auth'],
  [NODE, 'system:node:node01', NODES, [], CLIENT, undefined],
  [NODE, 'system:node:node01', NODES, [], [...CLIENT, 'key encipherment'], undefined],
  [NODE, 'ana', [], [], CLIENT, 'subject organization is not system:nodes'],
  [NODE, 'system:node:node01', [...NODES, 'system:masters'], [], CLIENT, 'subject organization is not system:nodes'],
  [NODE, 'ana', NODES, [], CLIENT, 'subject common name does not begin with system:node:'],
  [NODE, 'system:node:node01', NODES, [DNS], CLIENT, 'DNS subjectAltNames are not allowed'],
  [
    NODE,
    'system:node:node01',
    NODES,
    [],
    ['client auth'],
    'usages did not match [client auth digital signature key encipherment]',
  ],
  [SERVING, 'system:node:node01', NODES, [DNS], SERVER, undefined],
  [SERVING, 'system:node:node01', NODES, [], SERVER, 'DNS or IP subjectAltName is required'],
  [
    SERVING,
    'system:node:node01',
    NODES,
    [DNS],
    CLIENT,
    'usages did not match [digital signature key encipherment server auth]',
  ],
  ['kubernetes.io/legacy-unknown', 'ana', [], [], ['code signing'], undefined],
])('%s for %s of %j with %j and %j', (signer, cn, organizations, altNames, usages, message) => {
  const request = { subject: goSubject(cn, organizations), altNames } as unknown as CertificateRequest
  expect(whyNotSigned(signer, request, usages)).toBe(message)
})
