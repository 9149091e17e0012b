import { expect, test } from 'vitest'
import { clusterPlan, World } from '../../src/cluster/index.ts'

test('requests for certificates go an hour after they were decided; who waits for a decision has a day', () => {
  const world = new World(clusterPlan('single')!, 1)
  world.advance(30_000)
  const run = (line: string): string => world.run(line).stdout
  const names = (): string => run("kubectl get csr -o name | cut -d/ -f2 | grep -v '^csr-' | tr '\\n' ' '")
  run('openssl genrsa -out k 2048; openssl req -new -key k -subj /CN=ana -out r')
  for (const name of ['good', 'bad', 'idle'])
    run(
      `printf 'apiVersion: certificates.k8s.io/v1\\nkind: CertificateSigningRequest\\nmetadata: {name: ${name}}\\nspec: {request: %s, signerName: kubernetes.io/kube-apiserver-client, usages: [client auth]}\\n' $(base64 -w0 r) | kubectl apply -f -`,
    )
  run('kubectl certificate approve good; kubectl certificate deny bad')
  world.advance(3_500_000)
  expect(names()).toBe('bad good idle ')
  world.advance(3_700_000)
  expect(names()).toBe('idle ')
})
