import {
  type HttpRequest,
  type HttpResponse,
  type Peer,
  type Process,
  type Program,
  readAll,
} from '../../host/index.ts'
import { sleep } from '../../kernel/index.ts'
import { clfTime, html, listenHttp, plain, stopOn } from './http.ts'
import { serveWebhook } from './webhook.ts'

interface WebServer {
  readonly name: string
  readonly port: number | ((p: Process) => number)
  readonly start?: (p: Process) => string
  readonly answer: (p: Process, r: HttpRequest, peer: Peer) => HttpResponse
  readonly memory?: number
  readonly signals?: readonly string[]
}

/** A small web server as a program: prints its first lines, listens, answers. */
const webServer = (s: WebServer): Program => ({
  name: s.name,
  *main(p) {
    yield* sleep(p.host.kernel, 40)
    p.rss = s.memory ?? 12 << 20
    const port = typeof s.port === 'number' ? s.port : s.port(p)
    if (s.start) p.stdout.write(s.start(p))
    const problem = listenHttp(p, port, s.name, (r, peer) => s.answer(p, r, peer))
    if (problem) {
      p.stderr.write(`listen tcp :${port}: bind: ${problem.toLowerCase()}\n`)
      return 1
    }
    stopOn(p, ...(s.signals ?? ['SIGTERM', 'SIGINT']))
    return yield* p.park()
  },
})

const flag = (p: Process, name: string, fallback: string): string => {
  for (let i = 1; i < p.argv.length; i++) {
    const m = new RegExp(`^--?${name}(?:=(.*))?$`).exec(p.argv[i])
    if (m) return m[1] ?? p.argv[i + 1] ?? fallback
  }
  return fallback
}

const httpd: Program = {
  name: 'httpd-foreground',
  *main(p) {
    yield* sleep(p.host.kernel, 40)
    p.rss = 14 << 20
    const ip = p.net.addresses()[0] ?? '127.0.0.1'
    const day = new Date(p.now())
    const stamp = `${['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'][day.getUTCDay()]} ${clfTime(p.now()).slice(3, 6)} ${String(day.getUTCDate()).padStart(2, '0')} ${day.toISOString().slice(11, 23)}000 ${day.getUTCFullYear()}`
    p.stderr.write(
      `AH00558: httpd: Could not reliably determine the server's fully qualified domain name, using ${ip}. Set the 'ServerName' directive globally to suppress this message\n`.repeat(
        2,
      ),
    )
    p.stderr.write(
      `[${stamp}] [mpm_event:notice] [pid 1:tid 1] AH00489: Apache/2.4.65 (Unix) configured -- resuming normal operations\n`,
    )
    p.stderr.write(`[${stamp}] [core:notice] [pid 1:tid 1] AH00094: Command line: 'httpd -D FOREGROUND'\n`)
    const problem = listenHttp(p, 80, 'httpd', (r, peer) => {
      const path = r.path.split('?')[0]
      const node = p.fs.find(`/usr/local/apache2/htdocs${path.endsWith('/') ? `${path}index.html` : path}`)
      const found = node?.kind === 'file'
      const body = found
        ? node.read()
        : '<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>404 Not Found</title>\n</head><body>\n<h1>Not Found</h1>\n<p>The requested URL was not found on this server.</p>\n</body></html>\n'
      const status = found ? 200 : 404
      p.stdout.write(`${peer.ip} - - [${clfTime(p.now())}] "${r.method} ${r.path} HTTP/1.1" ${status} ${body.length}\n`)
      const response = html(status, body, found ? 'text/html' : 'text/html; charset=iso-8859-1')
      return {
        ...response,
        headers: { server: 'Apache/2.4.65 (Unix)', date: new Date(p.now()).toUTCString(), ...response.headers },
      }
    })
    if (problem) {
      p.stderr.write(
        `(98)${problem}: AH00072: make_sock: could not bind to address 0.0.0.0:80\nno listening sockets available, shutting down\nAH00015: Unable to open logs\n`,
      )
      return 1
    }
    stopOn(p, 'SIGWINCH', 'SIGTERM', 'SIGINT')
    return yield* p.park()
  },
}

const echoBody = (p: Process, r: HttpRequest, peer: Peer): string =>
  `\n\nHostname: ${p.hostname}\n\nPod Information:\n\t-no pod information available-\n\nServer values:\n\tserver_version=nginx: 1.13.3 - lua: 10008\n\nRequest Information:\n\tclient_address=${peer.ip}\n\tmethod=${r.method}\n\treal path=${r.path}\n\tquery=${r.path.split('?')[1] ?? ''}\n\trequest_version=1.1\n\trequest_scheme=http\n\trequest_uri=http://${r.headers?.host ?? ''}:8080${r.path}\n\nRequest Headers:\n${Object.entries(
    r.headers ?? {},
  )
    .map(([k, v]) => `\t${k}=${v}\n`)
    .join('')}\nRequest Body:\n\t-no body in request-\n\n`

const whoamiBody = (p: Process, r: HttpRequest, peer: Peer): string =>
  `Hostname: ${p.hostname}\nIP: 127.0.0.1\n${p.net
    .addresses()
    .map((ip) => `IP: ${ip}\n`)
    .join(
      '',
    )}RemoteAddr: ${peer.ip}:${peer.port}\n${r.method} ${r.path} HTTP/1.1\nHost: ${r.headers?.host ?? ''}\nUser-Agent: ${r.headers?.['user-agent'] ?? ''}\nAccept: */*\n\n`

/** python -m json.tool */
function jsonTool(p: Process, text: string): number {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    p.stderr.write('Expecting value: line 1 column 1 (char 0)\n')
    return 1
  }
  const ascii = (c: string): string => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`
  p.stdout.write(`${JSON.stringify(value, null, 4).replace(/[\u0080-\uffff]/g, ascii)}\n`)
  return 0
}

/** python -m http.server serves its working directory. */
const python: Program = {
  name: 'python3',
  *main(p) {
    yield* sleep(p.host.kernel, 60)
    p.rss = 18 << 20
    const args = p.argv.slice(1)
    if (args.includes('--version') || args.includes('-V')) {
      p.stdout.write('Python 3.14.0\n')
      return 0
    }
    const at = args.indexOf('-m')
    // Without a terminal the interpreter reads a script from its input: none in a container that nobody talks to.
    if (args.length === 0 && (yield* readAll(p.stdin)).trim() === '') return 0
    if (args[at + 1] === 'json.tool') return jsonTool(p, yield* readAll(p.stdin))
    if (args[at + 1] !== 'http.server') {
      p.stderr.write('python3: not simulated: only `python3 -m http.server` and json.tool run in this game\n')
      return 127
    }
    const port = Number(args.slice(at + 2).find((a) => /^\d+$/.test(a)) ?? 8000)
    const d =
      args.indexOf('--directory') >= 0
        ? args[args.indexOf('--directory') + 1]
        : args.indexOf('-d') >= 0
          ? args[args.indexOf('-d') + 1]
          : p.cwd
    const problem = listenHttp(p, port, 'python3', (r, peer) => {
      const path = r.path.split('?')[0]
      const full = `${d.replace(/\/$/, '')}${path}`
      const node = p.fs.find(full)
      let response: HttpResponse
      if (node?.kind === 'file')
        response = html(200, node.read(), path.endsWith('.html') ? 'text/html' : 'application/octet-stream')
      else if (node?.kind === 'dir') {
        const index = p.fs.find(`${full}/index.html`)
        const items = p.fs
          .readdir(full)
          .map(
            ([n, x]) =>
              `<li><a href="${n}${x.kind === 'dir' ? '/' : ''}">${n}${x.kind === 'dir' ? '/' : ''}</a></li>\n`,
          )
        response = html(
          200,
          index?.kind === 'file'
            ? index.read()
            : `<!DOCTYPE HTML>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Directory listing for ${path}</title>\n</head>\n<body>\n<h1>Directory listing for ${path}</h1>\n<hr>\n<ul>\n${items.join('')}</ul>\n<hr>\n</body>\n</html>\n`,
        )
      } else {
        p.stderr.write(
          `${peer.ip} - - [${clfTime(p.now()).replace(' +0000', '').replace(':', ' ')}] code 404, message File not found\n`,
        )
        response = html(
          404,
          '<!DOCTYPE HTML>\n<html lang="en">\n    <head>\n        <meta charset="utf-8">\n        <title>Error response</title>\n    </head>\n    <body>\n        <h1>Error response</h1>\n        <p>Error code: 404</p>\n        <p>Message: File not found.</p>\n        <p>Error code explanation: 404 - Nothing matches the given URI.</p>\n    </body>\n</html>\n',
        )
      }
      p.stderr.write(
        `${peer.ip} - - [${clfTime(p.now()).replace(' +0000', '').replace(':', ' ')}] "${r.method} ${r.path} HTTP/1.1" ${response.status} -\n`,
      )
      return response
    })
    if (problem) {
      p.stderr.write(`OSError: [Errno 98] ${problem}\n`)
      return 1
    }
    p.stdout.write(`Serving HTTP on 0.0.0.0 port ${port} (http://0.0.0.0:${port}/) ...\n`)
    p.onSignal('SIGINT', () => p.exit(130))
    return yield* p.park()
  },
}

/** registry.k8s.io/e2e-test-images/agnhost: netexec, serve-hostname, test-webserver, webhook, pause. */
const agnhost: Program = {
  name: 'agnhost',
  *main(p) {
    yield* sleep(p.host.kernel, 20)
    p.rss = 10 << 20
    const [, command = 'pause'] = p.argv
    stopOn(p, 'SIGTERM', 'SIGINT')
    if (command === 'pause') p.stdout.write('Paused\n')
    else if (command === 'netexec' || command === 'serve-hostname' || command === 'test-webserver') {
      const port = Number(
        flag(
          p,
          command === 'netexec' ? 'http-port' : 'port',
          command === 'serve-hostname' ? '9376' : command === 'netexec' ? '8080' : '80',
        ),
      )
      if (command === 'netexec')
        p.stderr.write(
          `I${new Date(p.now()).toISOString().slice(5, 7)}${new Date(p.now()).toISOString().slice(8, 10)} ${new Date(p.now()).toISOString().slice(11, 23)}000       1 log.go:195] Started HTTP server on port ${port}\n`,
        )
      const problem = listenHttp(p, port, 'agnhost', (r, peer) => {
        const [path, query = ''] = r.path.split('?')
        if (command === 'serve-hostname' || path === '/hostname' || path === '/hostName') return plain(200, p.hostname)
        if (path === '/clientip') return plain(200, `${peer.ip}:${peer.port}`)
        if (path === '/healthz' || path === '/readyz') return plain(200, '')
        if (path === '/echo') return plain(200, decodeURIComponent(/msg=([^&]*)/.exec(query)?.[1] ?? ''))
        if (path === '/exit') {
          p.after(10, () => p.exit(Number(/code=(\d+)/.exec(query)?.[1] ?? 0)))
          return plain(200, '')
        }
        return plain(200, `NOW: ${new Date(p.now()).toISOString()}`)
      })
      if (problem) return 1
    } else if (command === 'webhook') {
      const problem = serveWebhook(p, {
        port: Number(flag(p, 'port', '443')),
        certFile: flag(p, 'tls-cert-file', ''),
        keyFile: flag(p, 'tls-private-key-file', ''),
      })
      if (problem !== undefined) {
        p.stderr.write(`panic: ${problem}\n`)
        return 2
      }
    } else {
      p.stderr.write(`agnhost: not simulated: ${command}\n`)
      return 127
    }
    return yield* p.park()
  },
}

/** Web servers and demo applications of images. */
export const webPrograms: readonly Program[] = [
  httpd,
  python,
  agnhost,
  webServer({
    name: 'http-echo',
    port: (p) => Number(flag(p, 'listen', ':5678').split(':').at(-1)),
    start: (p) =>
      `${new Date(p.now()).toISOString().slice(0, 19).replaceAll('-', '/').replace('T', ' ')} [INFO] server is listening on ${flag(p, 'listen', ':5678')}\n`,
    answer: (p) => plain(200, `${flag(p, 'text', p.env.ECHO_TEXT ?? 'hello-world')}\n`),
  }),
  webServer({ name: 'echoserver', port: 8080, answer: (p, r, peer) => plain(200, echoBody(p, r, peer)) }),
  webServer({
    name: 'whoami-server',
    port: (p) => Number(flag(p, 'port', p.env.WHOAMI_PORT_NUMBER ?? '80')),
    answer: (p, r, peer) => plain(200, whoamiBody(p, r, peer)),
  }),
  webServer({ name: 'test-webserver', port: 80, answer: (p) => html(200, `<html><body>${p.hostname}</body></html>`) }),
  webServer({
    name: 'hpa-example',
    port: 80,
    memory: 20 << 20,
    answer: (p) => {
      // Each request burns a good part of a second of CPU time.
      p.cpuMs += 400
      p.cpuMilli = Math.min(1000, p.cpuMilli + 60)
      p.after(10_000, () => {
        p.cpuMilli = Math.max(0, p.cpuMilli - 60)
      })
      return html(200, 'OK!')
    },
  }),
  webServer({
    name: 'podinfo',
    port: 9898,
    answer: (p, r) => {
      if (r.path.startsWith('/healthz') || r.path.startsWith('/readyz'))
        return html(200, '{\n  "status": "OK"\n}', 'application/json; charset=utf-8')
      return html(
        200,
        `{\n  "hostname": "${p.hostname}",\n  "version": "6.9.3",\n  "message": "greetings from podinfo v6.9.3"\n}`,
        'application/json; charset=utf-8',
      )
    },
  }),
  webServer({
    name: 'webapp-color',
    port: 8080,
    start: (p) =>
      ` This is a sample web application that displays a colored background. \n A color can be specified in two ways. \n\n * Running on http://0.0.0.0:8080/ (Press CTRL+C to quit)\n${p.env.APP_COLOR ? `Color from environment variable =${p.env.APP_COLOR}\n` : ''}`,
    answer: (p) =>
      html(
        200,
        `<!doctype html>\n<title>Hello from Flask</title>\n<body style="background: ${p.env.APP_COLOR ?? 'red'};"></body>\n<div style="color: #e4e4e4;\n    text-align:  center;\n    height: 90px;\n    vertical-align:  middle;">\n\n  <h1>Hello from ${p.hostname}!</h1>\n\n</div>`,
      ),
  }),
  webServer({
    name: 'prometheus',
    port: 9090,
    memory: 60 << 20,
    start: (p) =>
      `time=${new Date(p.now()).toISOString()} level=INFO source=main.go:1546 msg="Server is ready to receive web requests."\n`,
    answer: (_, r) =>
      r.path === '/-/healthy'
        ? plain(200, 'Prometheus Server is Healthy.\n')
        : r.path === '/-/ready'
          ? plain(200, 'Prometheus Server is Ready.\n')
          : html(200, '<html></html>'),
  }),
  webServer({ name: 'traefik', port: 80, memory: 40 << 20, answer: () => plain(404, '404 page not found\n') }),
  webServer({
    name: 'node',
    port: (p) => Number(p.env.PORT ?? 3000),
    memory: 40 << 20,
    start: () => 'Magic happens on port 3000\n',
    answer: () => html(200, 'Hello World', 'text/html; charset=utf-8'),
  }),
]
