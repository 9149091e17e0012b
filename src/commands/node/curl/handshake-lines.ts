import type { TlsServer } from '../../../host/index.ts'
import { type Certificate, OPENSSL_ERRORS } from '../../../pki/index.ts'
import { asn1Time } from '../../openssl/text.ts'

/** What a server's TLS library chooses, and how long its messages are: -v shows both. */
interface Library {
  readonly cipher: string
  readonly alpn: string
  /** Bytes of Encrypted Extensions (with the chosen protocol) and of Finished (with the cipher's hash). */
  readonly extensions: number
  readonly finished: number
  /** What arrives after the handshake, before the answer. */
  readonly after: readonly string[]
}

const TICKET = 'TLSv1.3 (IN), TLS handshake, Newsession Ticket (4):\n{ [233 bytes data]'

const LIBRARIES: Readonly<Record<'go' | 'openssl', Library>> = {
  go: {
    cipher: 'TLS_AES_128_GCM_SHA256',
    alpn: 'server accepted h2',
    extensions: 15,
    finished: 36,
    after: [],
  },
  openssl: {
    cipher: 'TLS_AES_256_GCM_SHA384',
    alpn: 'server did not agree on a protocol. Uses default.',
    extensions: 6,
    finished: 52,
    after: [TICKET, TICKET],
  },
}

/** How the server's TLS library behaves; Go's, unless it says otherwise. */
export const libraryOf = (server: TlsServer | undefined): Library => LIBRARIES[server?.library ?? 'go']

/** The beginning of a handshake, until the server names its certificate. */
export const helloLines = (server: TlsServer): string[] => [
  'ALPN: curl offers h2,http/1.1\n} [5 bytes data]',
  'TLSv1.3 (OUT), TLS handshake, Client hello (1):\n} [1562 bytes data]',
  'TLSv1.3 (IN), TLS handshake, Server hello (2):\n{ [1210 bytes data]',
  'TLSv1.3 (IN), TLS change cipher, Change cipher spec (1):\n{ [1 bytes data]',
  `TLSv1.3 (IN), TLS handshake, Encrypted Extensions (8):\n{ [${libraryOf(server).extensions} bytes data]`,
]

const verdictOf = (code: number, insecure: boolean): string =>
  code === 0
    ? 'SSL certificate verify ok.'
    : insecure
      ? `SSL certificate verify result: ${OPENSSL_ERRORS[code] ?? 'error'} (${code}), continuing anyway.`
      : `SSL certificate verify result: ${OPENSSL_ERRORS[code] ?? 'error'} (${code}).`

/** Headers of a Certificate message around one certificate. */
const CERTIFICATE_HEADERS = 13

/** The rest of a handshake and what the certificate says; `code` is the outcome of its verification. */
export function serverLines(server: TlsServer, leaf: Certificate, code: number, insecure: boolean): string[] {
  const { alpn, cipher, finished } = libraryOf(server)
  const asked = server.clientAuth !== 'none'
  return [
    ...(asked ? ['TLSv1.3 (IN), TLS handshake, Request CERT (13):\n{ [73 bytes data]'] : []),
    `TLSv1.3 (IN), TLS handshake, Certificate (11):\n{ [${leaf.der.length + CERTIFICATE_HEADERS} bytes data]`,
    'TLSv1.3 (IN), TLS handshake, CERT verify (15):\n{ [264 bytes data]',
    `TLSv1.3 (IN), TLS handshake, Finished (20):\n{ [${finished} bytes data]`,
    'TLSv1.3 (OUT), TLS change cipher, Change cipher spec (1):\n} [1 bytes data]',
    ...(asked ? ['TLSv1.3 (OUT), TLS handshake, Certificate (11):\n} [8 bytes data]'] : []),
    `TLSv1.3 (OUT), TLS handshake, Finished (20):\n} [${finished} bytes data]`,
    `SSL connection using TLSv1.3 / ${cipher} / X25519MLKEM768 / RSASSA-PSS`,
    `ALPN: ${alpn}`,
    'Server certificate:',
    ` subject: ${leaf.subject}`,
    ` start date: ${asn1Time(leaf.notBefore)}`,
    ` expire date: ${asn1Time(leaf.notAfter)}`,
    ` issuer: ${leaf.issuer}`,
    ` ${verdictOf(code, insecure)}`,
    '  Certificate level 0: Public key type RSA (2048/112 Bits/secBits), signed using sha256WithRSAEncryption',
  ]
}
