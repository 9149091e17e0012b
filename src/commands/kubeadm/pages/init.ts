import type { Page } from './page.ts'

/** Pages of `kubeadm init` and its phases up to the control plane's. */
export const INIT: readonly Page[] = [
  {
    path: 'init',
    short: 'Run this command in order to set up the Kubernetes control plane',
    long: `Run this command in order to set up the Kubernetes control plane

The "init" command executes the following phases:
\`\`\`
preflight                     Run pre-flight checks
certs                         Certificate generation
  /ca                           Generate the self-signed Kubernetes CA to provision identities for other Kubernetes components
  /apiserver                    Generate the certificate for serving the Kubernetes API
  /apiserver-kubelet-client     Generate the certificate for the API server to connect to kubelet
  /front-proxy-ca               Generate the self-signed CA to provision identities for front proxy
  /front-proxy-client           Generate the certificate for the front proxy client
  /etcd-ca                      Generate the self-signed CA to provision identities for etcd
  /etcd-server                  Generate the certificate for serving etcd
  /etcd-peer                    Generate the certificate for etcd nodes to communicate with each other
  /etcd-healthcheck-client      Generate the certificate for liveness probes to healthcheck etcd
  /apiserver-etcd-client        Generate the certificate the apiserver uses to access etcd
  /sa                           Generate a private key for signing service account tokens along with its public key
kubeconfig                    Generate all kubeconfig files necessary to establish the control plane and the admin kubeconfig file
  /admin                        Generate a kubeconfig file for the admin to use and for kubeadm itself
  /super-admin                  Generate a kubeconfig file for the super-admin
  /kubelet                      Generate a kubeconfig file for the kubelet to use *only* for cluster bootstrapping purposes
  /controller-manager           Generate a kubeconfig file for the controller manager to use
  /scheduler                    Generate a kubeconfig file for the scheduler to use
etcd                          Generate static Pod manifest file for local etcd
  /local                        Generate the static Pod manifest file for a local, single-node local etcd instance
control-plane                 Generate all static Pod manifest files necessary to establish the control plane
  /apiserver                    Generates the kube-apiserver static Pod manifest
  /controller-manager           Generates the kube-controller-manager static Pod manifest
  /scheduler                    Generates the kube-scheduler static Pod manifest
kubelet-start                 Write kubelet settings and (re)start the kubelet
wait-control-plane            Wait for the control plane to start
upload-config                 Upload the kubeadm and kubelet configuration to a ConfigMap
  /kubeadm                      Upload the kubeadm ClusterConfiguration to a ConfigMap
  /kubelet                      Upload the kubelet component config to a ConfigMap
upload-certs                  Upload certificates to kubeadm-certs
mark-control-plane            Mark a node as a control-plane
bootstrap-token               Generates bootstrap tokens used to join a node to a cluster
kubelet-finalize              Updates settings relevant to the kubelet after TLS bootstrap
  /enable-client-cert-rotation  Enable kubelet client certificate rotation
addon                         Install required addons for passing conformance tests
  /coredns                      Install the CoreDNS addon to a Kubernetes cluster
  /kube-proxy                   Install the kube-proxy addon to a Kubernetes cluster
show-join-command             Show the join command for control-plane and worker node
\`\`\``,
    flags:
      'apiserver-advertise-address apiserver-bind-port apiserver-cert-extra-sans cert-dir certificate-key.init config control-plane-endpoint cri-socket dry-run feature-gates ignore-preflight-errors image-repository kubernetes-version node-name patches pod-network-cidr service-cidr service-dns-domain skip-certificate-key-print skip-phases skip-token-print token.init token-ttl upload-certs',
  },
  { path: 'init phase', short: 'Use this command to invoke single phase of the "init" workflow', group: true },
  { path: 'init phase certs', short: 'Certificate generation', group: true },
  {
    path: 'init phase certs all',
    short: 'Generate all certificates',
    flags:
      'apiserver-advertise-address apiserver-cert-extra-sans cert-dir config control-plane-endpoint dry-run kubernetes-version service-cidr service-dns-domain',
  },
  {
    path: 'init phase certs apiserver',
    short: 'Generate the certificate for serving the Kubernetes API',
    long: `Generate the certificate for serving the Kubernetes API, and save them into apiserver.crt and apiserver.key files.

If both files already exist, kubeadm skips the generation step and existing files will be used.`,
    flags:
      'apiserver-advertise-address apiserver-cert-extra-sans cert-dir config control-plane-endpoint dry-run kubernetes-version service-cidr service-dns-domain',
  },
  {
    path: 'init phase certs apiserver-etcd-client',
    short: 'Generate the certificate the apiserver uses to access etcd',
    long: `Generate the certificate the apiserver uses to access etcd, and save them into apiserver-etcd-client.crt and apiserver-etcd-client.key files.

If both files already exist, kubeadm skips the generation step and existing files will be used.`,
    flags: 'cert-dir config dry-run kubernetes-version',
  },
  {
    path: 'init phase certs apiserver-kubelet-client',
    short: 'Generate the certificate for the API server to connect to kubelet',
    long: `Generate the certificate for the API server to connect to kubelet, and save them into apiserver-kubelet-client.crt and apiserver-kubelet-client.key files.

If both files already exist, kubeadm skips the generation step and existing files will be used.`,
    flags: 'cert-dir config dry-run kubernetes-version',
  },
  {
    path: 'init phase certs ca',
    short: 'Generate the self-signed Kubernetes CA to provision identities for other Kubernetes components',
    long: `Generate the self-signed Kubernetes CA to provision identities for other Kubernetes components, and save them into ca.crt and ca.key files.

If both files already exist, kubeadm skips the generation step and existing files will be used.`,
    flags: 'cert-dir config dry-run kubernetes-version',
  },
  {
    path: 'init phase certs etcd-ca',
    short: 'Generate the self-signed CA to provision identities for etcd',
    long: `Generate the self-signed CA to provision identities for etcd, and save them into etcd/ca.crt and etcd/ca.key files.

If both files already exist, kubeadm skips the generation step and existing files will be used.`,
    flags: 'cert-dir config dry-run kubernetes-version',
  },
  {
    path: 'init phase certs etcd-healthcheck-client',
    short: 'Generate the certificate for liveness probes to healthcheck etcd',
    long: `Generate the certificate for liveness probes to healthcheck etcd, and save them into etcd/healthcheck-client.crt and etcd/healthcheck-client.key files.

If both files already exist, kubeadm skips the generation step and existing files will be used.`,
    flags: 'cert-dir config dry-run kubernetes-version',
  },
  {
    path: 'init phase certs etcd-peer',
    short: 'Generate the certificate for etcd nodes to communicate with each other',
    long: `Generate the certificate for etcd nodes to communicate with each other, and save them into etcd/peer.crt and etcd/peer.key files.

Default SANs are localhost, 127.0.0.1, 127.0.0.1, ::1

If both files already exist, kubeadm skips the generation step and existing files will be used.`,
    flags: 'cert-dir config dry-run kubernetes-version',
  },
  {
    path: 'init phase certs etcd-server',
    short: 'Generate the certificate for serving etcd',
    long: `Generate the certificate for serving etcd, and save them into etcd/server.crt and etcd/server.key files.

Default SANs are localhost, 127.0.0.1, 127.0.0.1, ::1

If both files already exist, kubeadm skips the generation step and existing files will be used.`,
    flags: 'cert-dir config dry-run kubernetes-version',
  },
  {
    path: 'init phase certs front-proxy-ca',
    short: 'Generate the self-signed CA to provision identities for front proxy',
    long: `Generate the self-signed CA to provision identities for front proxy, and save them into front-proxy-ca.crt and front-proxy-ca.key files.

If both files already exist, kubeadm skips the generation step and existing files will be used.`,
    flags: 'cert-dir config dry-run kubernetes-version',
  },
  {
    path: 'init phase certs front-proxy-client',
    short: 'Generate the certificate for the front proxy client',
    long: `Generate the certificate for the front proxy client, and save them into front-proxy-client.crt and front-proxy-client.key files.

If both files already exist, kubeadm skips the generation step and existing files will be used.`,
    flags: 'cert-dir config dry-run kubernetes-version',
  },
  {
    path: 'init phase certs sa',
    short: 'Generate a private key for signing service account tokens along with its public key',
    long: `Generate the private key for signing service account tokens along with its public key, and save them into sa.key and sa.pub files.

If both files already exist, kubeadm skips the generation step and existing files will be used.`,
    flags: 'cert-dir config dry-run kubernetes-version',
  },
  {
    path: 'init phase control-plane',
    short: 'Generate all static Pod manifest files necessary to establish the control plane',
    group: true,
  },
  {
    path: 'init phase control-plane all',
    short: 'Generate all static Pod manifest files',
    example: `  # Generates all static Pod manifest files for control plane components,
  # functionally equivalent to what is generated by kubeadm init.
  kubeadm init phase control-plane all
  
  # Generates all static Pod manifest files using options read from a configuration file.
  kubeadm init phase control-plane all --config config.yaml`,
    flags:
      'apiserver-advertise-address apiserver-bind-port cert-dir config control-plane-endpoint dry-run feature-gates image-repository kubernetes-version patches pod-network-cidr service-cidr apiserver-extra-args controller-manager-extra-args scheduler-extra-args',
  },
  {
    path: 'init phase control-plane apiserver',
    short: 'Generates the kube-apiserver static Pod manifest',
    flags:
      'apiserver-advertise-address apiserver-bind-port cert-dir config control-plane-endpoint dry-run feature-gates image-repository kubernetes-version patches service-cidr apiserver-extra-args',
  },
  {
    path: 'init phase control-plane controller-manager',
    short: 'Generates the kube-controller-manager static Pod manifest',
    flags:
      'cert-dir config dry-run image-repository kubernetes-version patches pod-network-cidr controller-manager-extra-args',
  },
  {
    path: 'init phase control-plane scheduler',
    short: 'Generates the kube-scheduler static Pod manifest',
    flags: 'cert-dir config dry-run image-repository kubernetes-version patches scheduler-extra-args',
  },
  {
    path: 'init phase preflight',
    short: 'Run pre-flight checks',
    long: 'Run pre-flight checks for kubeadm init.',
    example: `  # Run pre-flight checks for kubeadm init using a config file.
  kubeadm init phase preflight --config kubeadm-config.yaml`,
    flags: 'config cri-socket dry-run ignore-preflight-errors image-repository',
  },
]
