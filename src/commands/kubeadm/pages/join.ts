import type { Page } from './page.ts'

/** Pages of `kubeadm join`. */
export const JOIN: readonly Page[] = [
  {
    path: 'join',
    positional: '[api-server-endpoint]',
    short: 'Run this on any machine you wish to join an existing cluster',
    long: `
When joining a kubeadm initialized cluster, we need to establish
bidirectional trust. This is split into discovery (having the Node
trust the Kubernetes Control Plane) and TLS bootstrap (having the
Kubernetes Control Plane trust the Node).

There are 2 main schemes for discovery. The first is to use a shared
token along with the IP address of the API server. The second is to
provide a file - a subset of the standard kubeconfig file. The
discovery/kubeconfig file supports token, client-go authentication
plugins ("exec"), "tokenFile", and "authProvider". This file can be a
local file or downloaded via an HTTPS URL. The forms are
kubeadm join --discovery-token abcdef.1234567890abcdef 1.2.3.4:6443,
kubeadm join --discovery-file path/to/file.conf, or kubeadm join
--discovery-file https://url/file.conf. Only one form can be used. If
the discovery information is loaded from a URL, HTTPS must be used.
Also, in that case the host installed CA bundle is used to verify
the connection.

If you use a shared token for discovery, you should also pass the
--discovery-token-ca-cert-hash flag to validate the public key of the
root certificate authority (CA) presented by the Kubernetes Control Plane.
The value of this flag is specified as "<hash-type>:<hex-encoded-value>",
where the supported hash type is "sha256". The hash is calculated over
the bytes of the Subject Public Key Info (SPKI) object (as in RFC7469).
This value is available in the output of "kubeadm init" or can be
calculated using standard tools. The --discovery-token-ca-cert-hash flag
may be repeated multiple times to allow more than one public key.

If you cannot know the CA public key hash ahead of time, you can pass
the --discovery-token-unsafe-skip-ca-verification flag to disable this
verification. This weakens the kubeadm security model since other nodes
can potentially impersonate the Kubernetes Control Plane.

The TLS bootstrap mechanism is also driven via a shared token. This is
used to temporarily authenticate with the Kubernetes Control Plane to submit a
certificate signing request (CSR) for a locally created key pair. By
default, kubeadm will set up the Kubernetes Control Plane to automatically
approve these signing requests. This token is passed in with the
--tls-bootstrap-token abcdef.1234567890abcdef flag.

Often times the same token is used for both parts. In this case, the
--token flag can be used instead of specifying each token individually.


The "join [api-server-endpoint]" command executes the following phases:
\`\`\`
preflight               Run join pre-flight checks
control-plane-prepare   Prepare the machine for serving a control plane
  /download-certs         Download certificates shared among control-plane nodes from the kubeadm-certs Secret
  /certs                  Generate the certificates for the new control plane components
  /kubeconfig             Generate the kubeconfig for the new control plane components
  /control-plane          Generate the manifests for the new control plane components
kubelet-start           Write kubelet settings, certificates and (re)start the kubelet
etcd-join               Join etcd for control plane nodes
kubelet-wait-bootstrap  Wait for the kubelet to bootstrap itself
control-plane-join      Join a machine as a control plane instance
  /mark-control-plane     Mark a node as a control-plane
wait-control-plane      Wait for the control plane to start
\`\`\``,
    flags:
      'apiserver-advertise-address.join apiserver-bind-port.join certificate-key config control-plane cri-socket discovery-file discovery-token discovery-token-ca-cert-hash discovery-token-unsafe-skip-ca-verification dry-run ignore-preflight-errors node-name patches skip-phases tls-bootstrap-token token',
    args: 'endpoint',
  },
  { path: 'join phase', short: 'Use this command to invoke single phase of the "join" workflow', group: true },
  {
    path: 'join phase control-plane-join',
    short: 'Join a machine as a control plane instance',
    example: `  # Joins a machine as a control plane instance
  kubeadm join phase control-plane-join all`,
    group: true,
  },
  {
    path: 'join phase control-plane-join all',
    short: 'Join a machine as a control plane instance',
    flags: 'apiserver-advertise-address.join config control-plane dry-run node-name patches',
  },
  {
    path: 'join phase control-plane-join mark-control-plane',
    short: 'Mark a node as a control-plane',
    flags: 'config control-plane dry-run node-name',
  },
  {
    path: 'join phase control-plane-prepare',
    short: 'Prepare the machine for serving a control plane',
    example: `  # Prepares the machine for serving a control plane
  kubeadm join phase control-plane-prepare all`,
    group: true,
  },
  {
    path: 'join phase control-plane-prepare all',
    positional: '[api-server-endpoint]',
    short: 'Prepare the machine for serving a control plane',
    flags:
      'apiserver-advertise-address.join apiserver-bind-port.join certificate-key config control-plane discovery-file discovery-token discovery-token-ca-cert-hash discovery-token-unsafe-skip-ca-verification dry-run node-name patches tls-bootstrap-token token',
    args: 'endpoint',
  },
  {
    path: 'join phase control-plane-prepare certs',
    positional: '[api-server-endpoint]',
    short: 'Generate the certificates for the new control plane components',
    flags:
      'apiserver-advertise-address.join config control-plane discovery-file discovery-token discovery-token-ca-cert-hash discovery-token-unsafe-skip-ca-verification dry-run node-name tls-bootstrap-token token',
    args: 'endpoint',
  },
  {
    path: 'join phase control-plane-prepare control-plane',
    short: 'Generate the manifests for the new control plane components',
    flags: 'apiserver-advertise-address.join apiserver-bind-port.join config control-plane dry-run patches',
  },
  {
    path: 'join phase control-plane-prepare download-certs',
    positional: '[api-server-endpoint]',
    short: 'Download certificates shared among control-plane nodes from the kubeadm-certs Secret',
    flags:
      'certificate-key config control-plane discovery-file discovery-token discovery-token-ca-cert-hash discovery-token-unsafe-skip-ca-verification dry-run tls-bootstrap-token token',
    args: 'endpoint',
  },
  {
    path: 'join phase control-plane-prepare kubeconfig',
    positional: '[api-server-endpoint]',
    short: 'Generate the kubeconfig for the new control plane components',
    flags:
      'certificate-key config control-plane discovery-file discovery-token discovery-token-ca-cert-hash discovery-token-unsafe-skip-ca-verification dry-run tls-bootstrap-token token',
    args: 'endpoint',
  },
  {
    path: 'join phase etcd-join',
    short: 'Join etcd for control plane nodes',
    example: `  # Joins etcd for a control plane instance
  kubeadm join phase control-plane-join-etcd all`,
    flags: 'apiserver-advertise-address.join config control-plane dry-run node-name patches',
  },
  {
    path: 'join phase kubelet-start',
    positional: '[api-server-endpoint]',
    short: 'Write kubelet settings, certificates and (re)start the kubelet',
    long: 'Write a file with KubeletConfiguration and an environment file with node specific kubelet settings, and then (re)start kubelet.',
    flags:
      'config cri-socket discovery-file discovery-token discovery-token-ca-cert-hash discovery-token-unsafe-skip-ca-verification dry-run node-name patches tls-bootstrap-token token',
    args: 'endpoint',
  },
  {
    path: 'join phase kubelet-wait-bootstrap',
    short: 'Wait for the kubelet to bootstrap itself',
    flags: 'config cri-socket dry-run',
    args: 'endpoint',
  },
  {
    path: 'join phase preflight',
    positional: '[api-server-endpoint]',
    short: 'Run join pre-flight checks',
    long: 'Run pre-flight checks for kubeadm join.',
    example: `  # Run join pre-flight checks using a config file.
  kubeadm join phase preflight --config kubeadm-config.yaml`,
    flags:
      'apiserver-advertise-address.join apiserver-bind-port.join certificate-key config control-plane cri-socket discovery-file discovery-token discovery-token-ca-cert-hash discovery-token-unsafe-skip-ca-verification dry-run ignore-preflight-errors node-name tls-bootstrap-token token',
    args: 'endpoint',
  },
  { path: 'join phase wait-control-plane', short: 'Wait for the control plane to start', args: 'endpoint' },
]
