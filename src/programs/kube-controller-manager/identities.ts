import { LocalClient } from '../../api/local-client.ts'
import { type ApiRequest, type ApiResponse, StatusError } from '../../api/types.ts'
import type { Process } from '../../host/index.ts'
import { ApiTransport } from '../lib/api-transport.ts'
import type { ClientConfig } from '../lib/kubeconfig.ts'

/** Control loop → service account in kube-system whose rights it uses (--use-service-account-credentials). */
const ACCOUNTS: Readonly<Record<string, string>> = {
  'serviceaccount-controller': 'service-account-controller',
  'endpoints-controller': 'endpoint-controller',
  'endpointslice-controller': 'endpointslice-controller',
  'endpointslice-mirroring-controller': 'endpointslicemirroring-controller',
  'replication-controller': 'replication-controller',
  'pod-garbage-collector-controller': 'pod-garbage-collector',
  'resourcequota-controller': 'resourcequota-controller',
  'namespace-controller': 'namespace-controller',
  'garbage-collector-controller': 'generic-garbage-collector',
  'daemonset-controller': 'daemon-set-controller',
  'job-controller': 'job-controller',
  'deployment-controller': 'deployment-controller',
  'replicaset-controller': 'replicaset-controller',
  'horizontal-pod-autoscaler-controller': 'horizontal-pod-autoscaler',
  'disruption-controller': 'disruption-controller',
  'statefulset-controller': 'statefulset-controller',
  'cronjob-controller': 'cronjob-controller',
  'certificatesigningrequest-signing-controller': 'certificate-controller',
  'certificatesigningrequest-approving-controller': 'certificate-controller',
  'certificatesigningrequest-cleaner-controller': 'certificate-controller',
  'ttl-controller': 'ttl-controller',
  'bootstrap-signer-controller': 'bootstrap-signer',
  'token-cleaner-controller': 'token-cleaner',
  'node-ipam-controller': 'node-controller',
  'node-lifecycle-controller': 'node-controller',
  'taint-eviction-controller': 'node-controller',
  'persistentvolume-binder-controller': 'persistent-volume-binder',
  'persistentvolume-expander-controller': 'expand-controller',
  'clusterrole-aggregation-controller': 'clusterrole-aggregation-controller',
  'persistentvolumeclaim-protection-controller': 'pvc-protection-controller',
  'persistentvolume-protection-controller': 'pv-protection-controller',
  'ttl-after-finished-controller': 'ttl-after-finished-controller',
  'root-ca-certificate-publisher-controller': 'root-ca-cert-publisher',
  'ephemeral-volume-controller': 'ephemeral-volume-controller',
  'resourceclaim-controller': 'resource-claim-controller',
  'service-cidr-controller': 'service-cidrs-controller',
  'validatingadmissionpolicy-status-controller': 'validatingadmissionpolicy-status-controller',
}

/** Loops that have nothing to do in this simulation; their accounts exist all the same. */
const IDLE_ACCOUNTS = [
  'attachdetach-controller',
  'device-taint-eviction-controller',
  'legacy-service-account-token-cleaner',
  'volumeattributesclass-protection-controller',
]

const LIFETIME_S = 3600
/** A token is renewed when a fifth of its life is left. */
const RENEW_MS = LIFETIME_S * 800

/** Models pkg/controller/client_builder_dynamic.go: one client an account, with tokens from the TokenRequest API. */
export class Identities {
  private readonly clients = new Map<string, LocalClient>()

  constructor(
    private readonly p: Process,
    private readonly root: LocalClient,
    private readonly config: ClientConfig,
    private readonly agent: string,
  ) {}

  /** The client of a control loop. Its account and token are made when they are first needed. */
  client(controller: string): LocalClient {
    const account = ACCOUNTS[controller]
    return account ? this.of(account) : this.root
  }

  /** Makes the accounts of loops that are not simulated. */
  createIdle(): void {
    for (const account of IDLE_ACCOUNTS) this.attempt(() => this.ensure(account))
  }

  private of(account: string): LocalClient {
    let client = this.clients.get(account)
    if (client) return client
    const { server, caPem, caFile, insecure } = this.config
    let transport: ApiTransport | undefined
    let since = 0
    const send = (request: ApiRequest): ApiResponse => {
      if (!transport || this.p.now() - since > RENEW_MS) {
        transport = new ApiTransport(
          this.p,
          { server, caPem, caFile, insecure, token: this.token(account) },
          `${this.agent}/system:serviceaccount:kube-system:${account}`,
        )
        since = this.p.now()
      }
      const response = transport.send(request)
      // A token that the server refuses (its key was exchanged, a clock jumped) is asked for again next time.
      if (response.code === 401) transport = undefined
      return response
    }
    client = new LocalClient(send)
    this.clients.set(account, client)
    this.attempt(() => this.ensure(account))
    return client
  }

  private token(account: string): string {
    this.ensure(account)
    const body = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { audiences: [], expirationSeconds: LIFETIME_S },
    }
    return this.root.post('ServiceAccount', 'kube-system', account, 'token', body).status.token
  }

  private ensure(account: string): void {
    if (this.root.find('ServiceAccount', 'kube-system', account)) return
    this.root.create({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: account, namespace: 'kube-system' },
    })
  }

  private attempt(fn: () => void): void {
    try {
      fn()
    } catch (error) {
      // kube-system may not exist yet; the account is made when it is used.
      if (!(error instanceof StatusError)) throw error
    }
  }
}
