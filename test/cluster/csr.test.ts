import { expect, test } from 'vitest'
import { clusterPlan, World } from '../../src/cluster/index.ts'

const BINDING = 'kubeadm:node-autoapprove-bootstrap'
const ask = (name: string): string => `
openssl req -new -newkey rsa:2048 -nodes -keyout /tmp/k -subj "/O=system:nodes/CN=system:node:node09" -out /tmp/csr 2>/dev/null
kubectl --as=system:bootstrap:abcdef --as-group=system:bootstrappers:kubeadm:default-node-token --as-group=system:bootstrappers create -f - <<X
apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
metadata: {name: ${name}}
spec:
  request: $(base64 -w0 /tmp/csr)
  signerName: kubernetes.io/kube-apiserver-client-kubelet
  usages: [digital signature, client auth]
X`

test('a kubelet gets its certificate without a signature by hand only while RBAC says so', () => {
  const w = new World(clusterPlan('default')!, 1)
  w.advance(120_000)
  const state = (name: string): string =>
    w.run(`kubectl get csr ${name} --no-headers | awk '{print $NF}'`).stdout.trim()
  w.run(ask('first'))
  w.advance(5000)
  expect(state('first')).toBe('Approved,Issued')
  w.run(`kubectl get clusterrolebinding ${BINDING} -o yaml > /tmp/b; kubectl delete clusterrolebinding ${BINDING}`)
  w.run(ask('second'))
  w.advance(60_000)
  expect(state('second')).toBe('Pending')
  w.run('kubectl create -f /tmp/b')
  w.advance(20_000)
  expect(state('second')).toBe('Approved,Issued')
})

test('nobody becomes somebody else through the signer of nodes', () => {
  const w = new World(clusterPlan('single')!, 1)
  w.advance(120_000)
  w.run(ask('ana').replace('/O=system:nodes/CN=system:node:node09', '/CN=ana'))
  w.advance(5000)
  const conditions = `kubectl get csr ana -o jsonpath='{.status.conditions[*].type}: {.status.conditions[*].message}'`
  expect(w.run(conditions).stdout).toBe(': ')
  w.run('kubectl certificate approve ana')
  w.advance(5000)
  expect(w.run(conditions).stdout).toBe(
    'Approved Failed: This CSR was approved by kubectl certificate approve. subject organization is not system:nodes',
  )
  expect(w.run('kubectl get csr ana --no-headers').stdout).toMatch(/ Approved,Failed\n$/)
})

test('kubectl config writes to the file that --kubeconfig names, though it does not exist yet', () => {
  const w = new World(clusterPlan('default')!, 1)
  w.run('kubectl --kubeconfig /root/new config set-cluster kubernetes --server=https://other:6443')
  expect(w.run('grep server: /root/new ~/.kube/config').stdout.replace(/ +/g, ' ')).toBe(
    '/root/new: server: https://other:6443\n/root/.kube/config: server: https://192.168.56.10:6443\n',
  )
})
