import * as f from './flags.ts'

/** Flags of `kubeadm join` and its phases. */
export const JOIN_FLAGS = [
  f.config,
  f.criSocket,
  f.dryRun,
  f.ignorePreflight,
  f.nodeName,
  {
    name: 'apiserver-advertise-address',
    type: 'string' as const,
    usage:
      "If the node should host a new control plane instance, the IP address the API Server will advertise it's listening on. If not set the default network interface will be used.",
  },
  {
    name: 'certificate-key',
    type: 'string' as const,
    usage:
      'Use this key to decrypt the certificate secrets uploaded by init. The certificate key is a hex encoded string that is an AES key of size 32 bytes.',
  },
  { name: 'control-plane', type: 'bool' as const, usage: 'Create a new control plane instance on this node' },
  {
    name: 'discovery-file',
    type: 'string' as const,
    usage: 'For file-based discovery, a file or URL from which to load cluster information.',
  },
  {
    name: 'discovery-token',
    type: 'string' as const,
    usage: 'For token-based discovery, the token used to validate cluster information fetched from the API server.',
  },
  {
    name: 'discovery-token-ca-cert-hash',
    type: 'stringSlice' as const,
    usage:
      'For token-based discovery, validate that the root CA public key matches this hash (format: "<type>:<value>").',
  },
  {
    name: 'discovery-token-unsafe-skip-ca-verification',
    type: 'bool' as const,
    usage: 'For token-based discovery, allow joining without --discovery-token-ca-cert-hash pinning.',
  },
  {
    name: 'patches',
    type: 'string' as const,
    usage: 'Path to a directory that contains files named "target[suffix][+patchtype].extension".',
  },
  { name: 'skip-phases', type: 'stringSlice' as const, usage: 'List of phases to be skipped' },
  {
    name: 'tls-bootstrap-token',
    type: 'string' as const,
    usage:
      'Specify the token used to temporarily authenticate with the Kubernetes Control Plane while joining the node.',
  },
  {
    name: 'token',
    type: 'string' as const,
    usage: 'Use this token for both discovery-token and tls-bootstrap-token when those values are not provided.',
  },
]
