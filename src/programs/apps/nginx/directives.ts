/** A directive of nginx.conf with its block. */
export interface NginxDirective {
  readonly name: string
  readonly args: readonly string[]
  readonly block?: readonly NginxDirective[]
  readonly file: string
  readonly line: number
}

/** `[emerg]` text with its place: nginx does not start, or keeps its old configuration. */
export class NginxError extends Error {}

const at = (file: string, line: number): string => ` in ${file}:${line}`

/** Directives that this nginx knows; others are fatal, as in the real one. */
const KNOWN = new Set(
  `user worker_processes error_log pid events worker_connections http include default_type log_format access_log sendfile
  tcp_nopush tcp_nodelay keepalive_timeout gzip gzip_types server listen server_name location root alias index error_page
  return proxy_pass proxy_set_header proxy_http_version proxy_read_timeout proxy_connect_timeout proxy_redirect proxy_buffering
  upstream autoindex try_files rewrite add_header client_max_body_size stub_status allow deny ssl_certificate ssl_certificate_key
  ssl_protocols ssl_ciphers set if types deny resolver stream expires charset internal server_tokens worker_rlimit_nofile
  multi_accept use daemon master_process env load_module keepalive_requests types_hash_max_size proxy_next_upstream zone
  least_conn ip_hash keepalive limit_req limit_req_zone map auth_basic auth_basic_user_file satisfy fastcgi_pass fastcgi_param
  client_body_temp_path proxy_temp_path fastcgi_temp_path uwsgi_temp_path scgi_temp_path ssl_session_cache ssl_prefer_server_ciphers http2
  send_timeout client_header_timeout client_body_timeout reset_timedout_connection open_file_cache sub_filter sub_filter_once
  proxy_cache proxy_ssl_verify proxy_pass_request_headers real_ip_header set_real_ip_from large_client_header_buffers default_type`.split(
    /\s+/,
  ),
)

const FREE = new Set(['types', 'map', 'upstream', 'geo', 'split_clients'])

interface Token {
  readonly text: string
  readonly line: number
  readonly quoted: boolean
}

function tokens(text: string): Token[] {
  const out: Token[] = []
  let line = 1
  for (let i = 0; i < text.length; ) {
    const c = text[i]
    if (c === '\n') {
      line++
      i++
    } else if (/\s/.test(c)) i++
    else if (c === '#') while (i < text.length && text[i] !== '\n') i++
    else if (c === '{' || c === '}' || c === ';') {
      out.push({ text: c, line, quoted: false })
      i++
    } else if (c === '"' || c === "'") {
      let value = ''
      const start = line
      for (i++; i < text.length && text[i] !== c; i++) {
        if (text[i] === '\n') line++
        if (text[i] === '\\' && (text[i + 1] === c || text[i + 1] === '\\')) i++
        if (text[i] === '\\' && text[i + 1] === 'n') {
          i++
          value += '\n'
        } else value += text[i]
      }
      i++
      out.push({ text: value, line: start, quoted: true })
    } else {
      let value = ''
      while (i < text.length && !/[\s;{}]/.test(text[i])) {
        if (text[i] === '$' && text[i + 1] === '{') while (i < text.length && text[i] !== '}') value += text[i++]
        value += text[i++]
      }
      out.push({ text: value, line, quoted: false })
    }
  }
  return out
}

/** Parses a file. `include` gives the files of a glob. Throws NginxError. */
export function parseNginx(
  file: string,
  text: string,
  include: (glob: string) => [string, string][],
): NginxDirective[] {
  const list = tokens(text)
  let i = 0
  const block = (inside: boolean, free: boolean): NginxDirective[] => {
    const out: NginxDirective[] = []
    for (;;) {
      const token = list[i]
      if (!token) {
        if (inside) throw new NginxError(`unexpected end of file, expecting "}"${at(file, list.at(-1)?.line ?? 1)}`)
        return out
      }
      if (token.text === '}' && !token.quoted) {
        if (!inside) throw new NginxError(`unexpected "}"${at(file, token.line)}`)
        i++
        return out
      }
      if (token.text === ';' && !token.quoted) throw new NginxError(`unexpected ";"${at(file, token.line)}`)
      i++
      const args: string[] = []
      while (list[i] && (list[i].quoted || !/^[;{}]$/.test(list[i].text))) args.push(list[i++].text)
      const end = list[i]
      if (!end) throw new NginxError(`unexpected end of file, expecting ";" or "}"${at(file, list.at(-1)!.line)}`)
      if (end.text === '}') throw new NginxError(`unexpected "}"${at(file, end.line)}`)
      i++
      if (!free && !KNOWN.has(token.text))
        throw new NginxError(`unknown directive "${token.text}"${at(file, token.line)}`)
      if (token.text === 'include' && !free) {
        const found = include(args[0])
        if (found.length === 0 && !/[*?]/.test(args[0]))
          throw new NginxError(
            `open() "${args[0].startsWith('/') ? args[0] : `/etc/nginx/${args[0]}`}" failed (2: No such file or directory)${at(file, token.line)}`,
          )
        for (const [name, content] of found) out.push(...parseNginx(name, content, include))
        continue
      }
      const children = end.text === '{' ? block(true, FREE.has(token.text)) : undefined
      out.push({ name: token.text, args, block: children, file, line: token.line })
    }
  }
  return block(false, false)
}

/** The first directive of a name in a block. */
export const own = (list: readonly NginxDirective[], name: string): NginxDirective | undefined =>
  list.findLast((d) => d.name === name)
