import { describe, expect, test } from 'vitest'
import { LocalClient } from '../../../src/api/index.ts'
import type { Process } from '../../../src/host/index.ts'
import { ApiTransport } from '../../../src/programs/lib/api-transport.ts'
import { EtcdLab } from '../etcd/lab.ts'
import { startApiserver } from './lab.ts'

const PKI = '/etc/kubernetes/pki'

/** Log without times, connection warnings left out. */
function words(lab: EtcdLab, process: Process): string[] {
  return lab.outputs
    .get(process)!
    .err.text()
    .split('\n')
    .filter((line) => line !== '' && !line.includes('addrConn'))
    .map((line) => line.replace(/^([IWEF])\d{4} [\d:.]+ +\d+ /, '$1 '))
}

const GREETING = [
  'I options.go:263] external host was not specified, using 192.168.56.11',
  'I server.go:187] Version: v1.36.4',
  'I server.go:189] "Golang settings" GOGC="" GOMAXPROCS="" GOTRACEBACK=""',
]
const EMPTY = 'E options.go:205] The manifest file is empty, ignoring.'
const NODES = 'I shared_informer.go:381] "Waiting for caches to sync" controller="node_authorizer"'
const failed = (text: string) => `E run.go:72] "command failed" err=${JSON.stringify(text)}`
const missing = (path: string) => failed(`open ${path}: no such file or directory`)

describe('last words (recordings control-plane/g02, node/cp-20)', () => {
  test.each<[string, Record<string, string | undefined>, string[]]>([
    ['unknown flag', { foo: 'bar' }, ['Error: unknown flag: --foo']],
    [
      'address',
      { 'advertise-address': 'localhost' },
      ['Error: invalid argument "localhost" for "--advertise-address" flag: failed to parse IP: "localhost"'],
    ],
    [
      'port',
      { 'secure-port': 'abc' },
      ['Error: invalid argument "abc" for "--secure-port" flag: strconv.ParseInt: parsing "abc": invalid syntax'],
    ],
    [
      'range',
      { 'service-cluster-ip-range': '10.96.0.0/33' },
      [failed('service-cluster-ip-range[0] is not a valid cidr')],
    ],
    [
      'mode',
      { 'authorization-mode': 'Node,RBACC' },
      [GREETING[0]!, failed('authorization-mode "RBACC" is not a valid mode')],
    ],
    [
      'plug-in',
      { 'enable-admission-plugins': 'NodeRestrictions' },
      [GREETING[0]!, failed('enable-admission-plugins plugin "NodeRestrictions" is unknown')],
    ],
    [
      'no issuer',
      { 'service-account-issuer': undefined },
      [
        GREETING[0]!,
        failed(
          '[service-account-issuer is a required flag, --service-account-signing-key-file, --service-account-issuer, and --api-audiences should be specified together]',
        ),
      ],
    ],
    ['no etcd', { 'etcd-servers': undefined }, [GREETING[0]!, failed('--etcd-servers must be specified')]],
    ['runtime config', { 'runtime-config': 'api/bogus' }, [GREETING[0]!, failed('unknown api groups api/bogus')]],
    ['serving certificate', { 'tls-cert-file': `${PKI}/nosuch.crt` }, [...GREETING, missing(`${PKI}/nosuch.crt`)]],
    [
      'serving key',
      { 'tls-private-key-file': `${PKI}/apiserver-kubelet-client.key` },
      [...GREETING, failed('tls: private key does not match public key')],
    ],
    ['client CA', { 'client-ca-file': `${PKI}/nosuch.crt` }, [...GREETING, missing(`${PKI}/nosuch.crt`)]],
    [
      'service account key',
      { 'service-account-key-file': `${PKI}/nosuch.pub` },
      [...GREETING, missing(`${PKI}/nosuch.pub`)],
    ],
    ['etcd CA', { 'etcd-cafile': `${PKI}/etcd/nosuch.crt` }, [...GREETING, EMPTY, missing(`${PKI}/etcd/nosuch.crt`)]],
    [
      'etcd client certificate',
      { 'etcd-certfile': `${PKI}/nosuch.crt` },
      [...GREETING, NODES, EMPTY, missing(`${PKI}/nosuch.crt`)],
    ],
    [
      'etcd refuses',
      { 'etcd-servers': 'https://127.0.0.1:23790' },
      [...GREETING, NODES, EMPTY, failed('context deadline exceeded')],
    ],
  ])('%s', (_, change, expected) => {
    const lab = new EtcdLab(1)
    const process = startApiserver(lab, 0, change)
    lab.kernel.advance(30_000)
    expect(words(lab, process)).toEqual(expected)
    expect(process.status).toEqual({ code: 1 })
  })
})

/** A client with the administrators' certificate of the lab's first host. */
function admin(lab: EtcdLab) {
  const shell = lab.run(
    0,
    {
      name: 'sh',
      *main(p) {
        return yield* p.park()
      },
    },
    ['sh'],
  )
  lab.kernel.advance(1)
  const read = (path: string) => lab.hosts[0]!.fs.readFile(`${PKI}/${path}`)
  const config = {
    server: 'https://192.168.56.11:6443',
    caPem: read('ca.crt'),
    certPem: read('apiserver-kubelet-client.crt'),
    keyPem: read('apiserver-kubelet-client.key'),
  }
  return new LocalClient(new ApiTransport(shell, config as never, 'kubectl/v1.36.4').send)
}

test('with etcd it serves, and has made what every cluster has', () => {
  const lab = new EtcdLab(1)
  lab.etcd(0)
  lab.kernel.advance(10_000)
  const process = startApiserver(lab, 0)
  lab.kernel.advance(10_000)
  expect(process.status).toBeUndefined()
  expect(words(lab, process)).toContain('I secure_serving.go:214] Serving securely on [::]:6443')
  const api = admin(lab)
  const answer = api.request({ verb: 'get', path: '/readyz' })
  expect(answer.body).toBe('ok')
  const denied = api.request({ ...api.resolve('Namespace'), verb: 'list' })
  expect(denied.body.message).toBe(
    'namespaces is forbidden: User "kube-apiserver-kubelet-client" cannot list resource "namespaces" in API group "" at the cluster scope',
  )
})

test('the death of the server ends the watches of its clients', () => {
  const lab = new EtcdLab(1)
  lab.etcd(0)
  lab.kernel.advance(10_000)
  const process = startApiserver(lab, 0, { 'authorization-mode': 'AlwaysAllow' })
  lab.kernel.advance(10_000)
  const stream = admin(lab).watch('v1/Event', undefined, {})
  expect(stream.closed).toBe(false)
  process.kill('SIGKILL')
  lab.kernel.advance(10)
  expect(stream.closed).toBe(true)
})

test('/metrics counts requests by what they were and how they ended, watches and stored objects', () => {
  const lab = new EtcdLab(1)
  lab.etcd(0)
  lab.kernel.advance(10_000)
  startApiserver(lab, 0, { 'authorization-mode': 'AlwaysAllow' })
  lab.kernel.advance(10_000)
  const api = admin(lab)
  for (let i = 0; i < 3; i++) api.request({ ...api.resolve('v1/Secret'), verb: 'get', namespace: 'default', name: 'x' })
  api.watch('v1/Secret', undefined, {})
  const rows = api.request({ verb: 'get', path: '/metrics' }).body.split('\n')
  expect(rows).toContain(
    'apiserver_request_total{code="404",component="apiserver",dry_run="",group="",resource="secrets",scope="resource",subresource="",verb="GET",version="v1"} 3',
  )
  expect(rows).toContain('apiserver_storage_objects{resource="secrets"} 0')
  expect(rows).toContain(
    'apiserver_longrunning_requests{component="apiserver",group="",resource="secrets",scope="cluster",subresource="",verb="WATCH",version="v1"} 1',
  )
})
