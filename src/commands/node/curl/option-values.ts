const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/))

/** Options without a value that the real curl 8.14 has and this one does not simulate. */
export const ABSENT_FLAGS: ReadonlySet<string> = words(`
  anyauth ca-native cert-status compressed-ssh crlf digest disable-eprt disable-epsv disallow-username-in-url doh-
  cert-status doh-insecure dump-ca-embed false-start form-escape ftp-create-dirs ftp-pasv ftp-pret ftp-skip-pasv-
  ip ftp-ssl-ccc ftp-ssl-control haproxy-protocol http0.9 http3-only ignore-content-length mail-rcpt-allowfails
  manual metalink mptcp negotiate netrc-optional next no-alpn no-clobber no-npn no-sessionid ntlm ntlm-wb
  parallel-immediate post303 proxy-anyauth proxy-basic proxy-ca-native proxy-digest proxy-http2 proxy-insecure
  proxy-negotiate proxy-ntlm proxy-ssl-allow-beast proxy-ssl-auto-client-cert proxy-tlsv1 remove-on-error sasl-ir
  show-headers skip-existing socks5-basic socks5-gssapi socks5-gssapi-nec ssl ssl-allow-beast ssl-auto-client-cert
  ssl-no-revoke ssl-revoke-best-effort styled-output suppress-connect-headers tftp-no-options tls-earlydata tr-
  encoding trace-ids xattr
`)

/** The same with a value. */
export const ABSENT_VALUES: ReadonlySet<string> = words(`
  abstract-unix-socket alt-svc aws-sigv4 create-file-mode crlfile curves delegation dns-interface dns-ipv4-addr
  dns-ipv6-addr doh-url ech egd-file engine etag-compare etag-save form-string ftp-account ftp-alternative-to-user
  ftp-method ftp-port ftp-ssl-ccc-mode happy-eyeballs-timeout-ms haproxy-clientip hostpubmd5 hostpubsha256 hsts
  ip-tos ipfs-gateway keepalive-cnt krb libcurl login-options mail-auth mail-from mail-rcpt max-filesize netrc-
  file parallel-max pinnedpubkey preproxy proto-default proxy-cacert proxy-capath proxy-cert proxy-cert-type
  proxy-ciphers proxy-crlfile proxy-header proxy-key proxy-key-type proxy-pass proxy-pinnedpubkey proxy-service-
  name proxy-tls13-ciphers proxy-tlsauthtype proxy-tlspassword proxy-tlsuser proxy1.0 pubkey quote random-file
  rate sasl-authzid service-name sigalgs socks4 socks4a socks5-gssapi-service ssl-sessions stderr telnet-option
  tftp-blksize tls13-ciphers tlsauthtype tlspassword tlsuser trace trace-ascii trace-config upload-flags vlan-
  priority
`)

/** Options whose value may not be empty. */
const FILLED = words(`
  abstract-unix-socket cacert capath cert-type ciphers cookie-jar dump-header interface key oauth2-bearer output
  output-dir range request request-target unix-socket url
`)
const SECONDS = words('max-time connect-timeout expect100-timeout')
const COUNTS = words('retry retry-delay retry-max-time speed-time speed-limit keepalive-time parallel-max')

/** What curl has against an option's value, after `option X: `; undefined when nothing. */
export function refusal(name: string, value: string): string | undefined {
  if (value === '' && FILLED.has(name)) return 'blank argument where content is expected'
  const proper = 'expected a proper numerical parameter'
  if (SECONDS.has(name)) return /^\d/.test(value) ? undefined : proper
  if (COUNTS.has(name)) {
    if (/^-\d+$/.test(value)) return 'expected a positive numerical parameter'
    return /^\d+$/.test(value) ? undefined : proper
  }
  if (name === 'max-redirs') return /^-?\d+$/.test(value) ? undefined : proper
  if (name === 'continue-at') return value === '-' || /^\d+$/.test(value) ? undefined : proper
  const form = FORMS[name]
  return form && !form.test(value) ? 'is badly used here' : undefined
}

const FORMS: Readonly<Record<string, RegExp>> = {
  'limit-rate': /^\d+[bkmgtp]?$/i,
  'max-filesize': /^\d+[bkmgtp]?$/i,
  'local-port': /^[1-9]\d{0,4}(-\d{1,5})?$/,
  'tls-max': /^(default|1\.[0-3])$/,
  form: /=/,
}
