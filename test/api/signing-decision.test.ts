import { expect, test } from 'vitest'
import { createWorld } from '../../src/cluster/index.ts'

const world = createWorld({ cluster: 'single' })
const sh = (line: string): string => {
  const { stdout, stderr } = world.sh(line)
  return (stdout + stderr).trim()
}
sh('openssl genrsa -out a.key 2048 2>/dev/null; openssl req -new -key a.key -subj /CN=a -out a.csr')
for (const name of ['a', 'b'])
  sh(`cat <<X | kubectl apply -f -
{apiVersion: certificates.k8s.io/v1, kind: CertificateSigningRequest, metadata: {name: ${name}}, spec: {request: $(base64 -w0 a.csr), signerName: kubernetes.io/kube-apiserver-client, usages: [client auth]}}
X`)
sh('kubectl certificate approve a')
world.advance(2000)

test.each([
  [
    'b',
    'approval',
    '.status.conditions=[{type:"Approved",status:"False"}]',
    'status.conditions[0].status: Unsupported value: "False": supported values: "True"',
  ],
  [
    'b',
    'approval',
    '.status.conditions=[{type:"Approved",status:"True"},{type:"Denied",status:"True"}]',
    'status.conditions: Invalid value: "Denied": Approved and Denied conditions are mutually exclusive',
  ],
  [
    'b',
    'approval',
    '.status.conditions=[{type:"Approved",status:"True"},{type:"Approved",status:"True"}]',
    'status.conditions[1].type: Duplicate value: "Approved"',
  ],
  [
    'a',
    'approval',
    '.status.conditions=[]',
    'status.conditions: Forbidden: updates may not remove a condition of type "Approved"',
  ],
  [
    'a',
    'status',
    '.status.certificate="LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg=="',
    'status.certificate: Forbidden: updates may not modify existing certificate content',
  ],
  [
    'b',
    'status',
    '.status.certificate="Zm9v"',
    'status.certificate: Invalid value: "<certificate data>": must contain at least one CERTIFICATE PEM block',
  ],
])('%s/%s with %s', (name, subresource, change, why) => {
  const path = `/apis/certificates.k8s.io/v1/certificatesigningrequests/${name}/${subresource}`
  expect(sh(`kubectl get csr ${name} -o json | jq '${change}' | kubectl replace --raw ${path} -f -`)).toBe(
    `The CertificateSigningRequest "${name}" is invalid: ${why}`,
  )
})
