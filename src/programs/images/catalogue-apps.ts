import { tagScheme } from './tags.ts'
import type { Files, ImageConfig, ImageVersion, Repository } from './types.ts'

const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
const MB = 1_000_000

const program = (name: string): { program: string } => ({ program: name })

const NGINX_CONF = `
user  nginx;
worker_processes  auto;

error_log  /var/log/nginx/error.log notice;
pid        /run/nginx.pid;


events {
    worker_connections  1024;
}


http {
    include       /etc/nginx/mime.types;
    default_type  application/octet-stream;

    log_format  main  '$remote_addr - $remote_user [$time_local] "$request" '
                      '$status $body_bytes_sent "$http_referer" '
                      '"$http_user_agent" "$http_x_forwarded_for"';

    access_log  /var/log/nginx/access.log  main;

    sendfile        on;
    #tcp_nopush     on;

    keepalive_timeout  65;

    #gzip  on;

    include /etc/nginx/conf.d/*.conf;
}
`

const DEFAULT_CONF = `server {
    listen       80;
    listen  [::]:80;
    server_name  localhost;

    #access_log  /var/log/nginx/host.access.log  main;

    location / {
        root   /usr/share/nginx/html;
        index  index.html index.htm;
    }

    #error_page  404              /404.html;

    # redirect server error pages to the static page /50x.html
    #
    error_page   500 502 503 504  /50x.html;
    location = /50x.html {
        root   /usr/share/nginx/html;
    }
}
`

const NGINX_INDEX = `<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
<style>
html { color-scheme: light dark; }
body { width: 35em; margin: 0 auto;
font-family: Tahoma, Verdana, Arial, sans-serif; }
</style>
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>If you see this page, the nginx web server is successfully installed and
working. Further configuration is required.</p>

<p>For online documentation and support please refer to
<a href="http://nginx.org/">nginx.org</a>.<br/>
Commercial support is available at
<a href="http://nginx.com/">nginx.com</a>.</p>

<p><em>Thank you for using nginx.</em></p>
</body>
</html>
`

const NGINX_50X = `<!DOCTYPE html>
<html>
<head>
<title>Error</title>
<style>
html { color-scheme: light dark; }
body { width: 35em; margin: 0 auto;
font-family: Tahoma, Verdana, Arial, sans-serif; }
</style>
</head>
<body>
<h1>An error occurred.</h1>
<p>Sorry, the page you are looking for is currently unavailable.<br/>
Please try again later.</p>
<p>If you are the system administrator of this resource then you should check
the error log for details.</p>
<p><em>Faithfully yours, nginx.</em></p>
</body>
</html>
`

/** What nginx-unprivileged's Dockerfile makes of it. */
const UNPRIVILEGED_CONF = NGINX_CONF.replace(/^user .*\n/m, '')
  .replace('/run/nginx.pid', '/tmp/nginx.pid')
  .replace(
    'http {\n',
    `http {
    proxy_temp_path /tmp/proxy_temp;
    client_body_temp_path /tmp/client_temp;
    fastcgi_temp_path /tmp/fastcgi_temp;
    uwsgi_temp_path /tmp/uwsgi_temp;
    scgi_temp_path /tmp/scgi_temp;
`,
  )

const nginxFiles = (port: number): Files => ({
  '/docker-entrypoint.sh': program('nginx-entrypoint'),
  '/usr/sbin/nginx': program('nginx'),
  '/usr/bin/curl': program('curl'),
  '/etc/nginx/nginx.conf': port === 80 ? NGINX_CONF : UNPRIVILEGED_CONF,
  '/etc/nginx/mime.types':
    'types {\n    text/html                             html htm shtml;\n    text/css                              css;\n}\n',
  '/etc/nginx/conf.d/default.conf':
    port === 80 ? DEFAULT_CONF : { text: DEFAULT_CONF.replaceAll(/80;/g, `${port};`), uid: 101 },
  '/usr/share/nginx/html/index.html': NGINX_INDEX,
  '/usr/share/nginx/html/50x.html': NGINX_50X,
  '/var/log/nginx': { dir: true },
  '/var/log/nginx/access.log': { link: '/dev/stdout' },
  '/var/log/nginx/error.log': { link: '/dev/stderr' },
  '/var/cache/nginx': { dir: true },
})

const isAlpine = (version: string): boolean => version.includes('alpine')
const bare = (version: string): string => version.split('-')[0]

interface Spec {
  readonly name: string
  readonly aliases?: readonly string[]
  readonly resolve: Repository['resolve']
  readonly size: number | ((version: string) => number)
  readonly base?: ImageVersion['base'] | ((version: string) => ImageVersion['base'])
  readonly config: ImageConfig | ((version: string) => ImageConfig)
  readonly files?: Files | ((version: string) => Files)
}

const versions = new Map<string, ImageVersion>()

const repo = (spec: Spec): Repository => ({
  name: spec.name.includes('.')
    ? spec.name
    : `docker.io/${spec.name.includes('/') ? spec.name : `library/${spec.name}`}`,
  aliases: spec.aliases,
  resolve: spec.resolve,
  version: (version) => {
    const key = `${spec.name}:${version}`
    let known = versions.get(key)
    if (!known) {
      const config = typeof spec.config === 'function' ? spec.config(version) : spec.config
      known = {
        size: typeof spec.size === 'function' ? spec.size(version) : spec.size,
        base:
          typeof spec.base === 'function'
            ? spec.base(version)
            : (spec.base ?? (isAlpine(version) ? 'alpine' : 'debian')),
        config: { ...config, env: [PATH, ...(config.env ?? [])] },
        files: typeof spec.files === 'function' ? spec.files(version) : (spec.files ?? {}),
      }
      versions.set(key, known)
    }
    return known
  },
})

/** Any plausible tag; for images whose tags matter to nobody. */
const anyTag = (tag: string): string => tag
const official = (name: string): string[] => [`public.ecr.aws/docker/library/${name}`, `mirror.gcr.io/library/${name}`]

const NGINX_TAGS = tagScheme({
  minors: {
    '1.7': 9,
    '1.8': 1,
    '1.9': 15,
    '1.10': 3,
    '1.11': 13,
    '1.12': 2,
    '1.13': 12,
    '1.14': 2,
    '1.15': 12,
    '1.16': 1,
    '1.17': 10,
    '1.18': 0,
    '1.19': 10,
    '1.20': 2,
    '1.21': 6,
    '1.22': 1,
    '1.23': 4,
    '1.24': 0,
    '1.25': 5,
    '1.26': 3,
    '1.27': 5,
    '1.28': 0,
    '1.29': 3,
  },
  aliases: { latest: '1.29', mainline: '1.29', stable: '1.28' },
  variants: ['alpine-slim', 'alpine-perl', 'alpine', 'perl', 'bookworm', 'bullseye'],
  bareVariants: true,
})

const nginxConfig = (version: string): ImageConfig => ({
  entrypoint: Number(bare(version).split('.')[1]) >= 19 ? ['/docker-entrypoint.sh'] : undefined,
  cmd: ['nginx', '-g', 'daemon off;'],
  env: [`NGINX_VERSION=${bare(version)}`, 'NJS_VERSION=0.9.4', 'PKG_RELEASE=1~trixie'],
  ports: ['80/tcp'],
  stopSignal: 'SIGQUIT',
  labels: { maintainer: 'NGINX Docker Maintainers <docker-maint@nginx.com>' },
})

const BUSYBOX_TAGS = tagScheme({
  minors: {
    '1.24': 2,
    '1.25': 1,
    '1.26': 2,
    '1.27': 2,
    '1.28': 4,
    '1.29': 3,
    '1.30': 1,
    '1.31': 1,
    '1.32': 1,
    '1.33': 1,
    '1.34': 1,
    '1.35': 0,
    '1.36': 1,
    '1.37': 0,
  },
  aliases: {
    latest: '1.37',
    stable: '1.37',
    unstable: '1.37',
    glibc: '1.37',
    musl: '1.37',
    uclibc: '1.37',
    '1': '1.37',
  },
  variants: ['glibc', 'musl', 'uclibc'],
})

const SHELL_TOOLS: Files = {
  '/usr/bin/curl': program('curl'),
  '/usr/bin/dig': program('dig'),
  '/usr/bin/host': program('host'),
  '/usr/bin/nslookup': program('nslookup'),
  '/usr/bin/jq': program('jq'),
  '/usr/bin/nc': program('nc'),
  '/bin/bash': program('bash'),
}

/** Application images that tutorials and scenarios use. */
export const APP_IMAGES: readonly Repository[] = [
  repo({
    name: 'nginx',
    aliases: [
      ...official('nginx'),
      'public.ecr.aws/nginx/nginx',
      'k8s.gcr.io/nginx-slim',
      'registry.k8s.io/nginx-slim',
      'quay.io/nginx/nginx',
      'docker.io/bitnami/nginx',
    ],
    resolve: (tag) => NGINX_TAGS(tag) ?? (/^0\.\d+$/.test(tag) ? '1.19.10' : undefined),
    size: (v) => (isAlpine(v) ? 22_800_000 : 72_099_501),
    config: nginxConfig,
    files: nginxFiles(80),
  }),
  repo({
    name: 'nginxinc/nginx-unprivileged',
    resolve: NGINX_TAGS,
    size: (v) => (isAlpine(v) ? 20_100_000 : 58_300_000),
    config: (v) => ({ ...nginxConfig(v), user: '101', ports: ['8080/tcp'] }),
    files: nginxFiles(8080),
  }),
  repo({
    name: 'busybox',
    aliases: [
      ...official('busybox'),
      'gcr.io/google_containers/busybox',
      'gcr.io/google-containers/busybox',
      'k8s.gcr.io/busybox',
      'registry.k8s.io/busybox',
      'ghcr.io/iximiuz/labs/busybox',
      'quay.io/prometheus/busybox',
    ],
    resolve: BUSYBOX_TAGS,
    size: 2_167_089,
    base: 'busybox',
    config: { cmd: ['sh'] },
    // Up to 1.28 nslookup was another program with other output.
    files: (v): Files => (/^1\.2[0-8]/.test(v) ? { '/bin/nslookup': program('busybox128-nslookup') } : {}),
  }),
  repo({
    name: 'alpine',
    aliases: official('alpine'),
    resolve: tagScheme({
      minors: {
        '3.8': 5,
        '3.9': 6,
        '3.10': 9,
        '3.11': 13,
        '3.12': 12,
        '3.13': 12,
        '3.14': 10,
        '3.15': 11,
        '3.16': 9,
        '3.17': 10,
        '3.18': 12,
        '3.19': 9,
        '3.20': 8,
        '3.21': 5,
        '3.22': 2,
      },
      aliases: { latest: '3.22', edge: '3.22' },
    }),
    size: 3_800_000,
    base: 'alpine',
    config: { cmd: ['/bin/sh'] },
  }),
  repo({
    name: 'curlimages/curl',
    aliases: ['quay.io/curl/curl'],
    resolve: anyTag,
    size: 9_600_000,
    base: 'alpine',
    config: { entrypoint: ['/entrypoint.sh'], cmd: ['curl'], user: 'curl_user' },
    files: {
      '/entrypoint.sh': {
        text: '#!/bin/sh\nset -e\n# first arg is `-f` or `--some-option`\nif [ "${1#-}" != "$1" ]; then\n  set -- curl "$@"\nfi\nexec "$@"\n',
        mode: 0o755,
      },
      '/usr/bin/curl': program('curl'),
      '/etc/passwd': 'root:x:0:0:root:/root:/bin/sh\ncurl_user:x:100:101:Linux User,,,:/home/curl_user:/bin/sh\n',
    },
  }),
  repo({
    name: 'alpine/curl',
    resolve: anyTag,
    size: 6_100_000,
    base: 'alpine',
    config: { entrypoint: ['curl'] },
    files: { '/usr/bin/curl': program('curl') },
  }),
  repo({
    name: 'radial/busyboxplus',
    resolve: (t) => (['curl', 'git', 'latest', 'base'].includes(t) ? t : undefined),
    size: 4_200_000,
    base: 'busybox',
    config: { cmd: ['/bin/sh'] },
    files: { '/usr/bin/curl': program('curl') },
  }),
  repo({
    name: 'httpd',
    aliases: official('httpd'),
    resolve: tagScheme({
      minors: { '2.2': 34, '2.4': 65 },
      aliases: { latest: '2.4' },
      variants: ['alpine', 'bookworm', 'bullseye'],
      bareVariants: true,
    }),
    size: (v) => (isAlpine(v) ? 19_800_000 : 45_300_000),
    config: {
      cmd: ['httpd-foreground'],
      env: ['HTTPD_PREFIX=/usr/local/apache2', 'HTTPD_VERSION=2.4.65'],
      workingDir: '/usr/local/apache2',
      ports: ['80/tcp'],
      stopSignal: 'SIGWINCH',
    },
    files: {
      '/usr/local/bin/httpd-foreground': program('httpd-foreground'),
      '/usr/local/apache2/bin/httpd': program('httpd-foreground'),
      '/usr/local/apache2/htdocs/index.html': '<html><body><h1>It works!</h1></body></html>\n',
    },
  }),
  repo({
    name: 'redis',
    aliases: [...official('redis'), 'docker.io/bitnami/redis'],
    resolve: tagScheme({
      minors: { '5.0': 14, '6.0': 20, '6.2': 20, '7.0': 15, '7.2': 11, '7.4': 6, '8.0': 4, '8.2': 3 },
      aliases: { latest: '8.2' },
      variants: ['alpine', 'bookworm'],
      bareVariants: true,
    }),
    size: (v) => (isAlpine(v) ? 17_300_000 : v.startsWith('7') ? 45_006_722 : 52_500_000),
    config: {
      entrypoint: ['docker-entrypoint.sh'],
      cmd: ['redis-server'],
      workingDir: '/data',
      ports: ['6379/tcp'],
      volumes: ['/data'],
    },
    files: {
      '/usr/local/bin/docker-entrypoint.sh': program('redis-entrypoint'),
      '/usr/local/bin/redis-server': program('redis-server'),
      '/usr/local/bin/redis-cli': program('redis-cli'),
    },
  }),
  repo({
    name: 'postgres',
    aliases: [...official('postgres'), 'docker.io/bitnami/postgresql'],
    resolve: tagScheme({
      minors: { '9.6': 24, '10': 23, '11': 22, '12': 22, '13': 23, '14': 20, '15': 15, '16': 11, '17': 7, '18': 1 },
      aliases: { latest: '18' },
      variants: ['alpine', 'bookworm', 'bullseye'],
      bareVariants: true,
    }),
    size: (v) => (isAlpine(v) ? 107 * MB : 155 * MB),
    config: {
      entrypoint: ['docker-entrypoint.sh'],
      cmd: ['postgres'],
      env: ['PGDATA=/var/lib/postgresql/data'],
      ports: ['5432/tcp'],
      volumes: ['/var/lib/postgresql/data'],
      stopSignal: 'SIGINT',
    },
    files: {
      '/usr/local/bin/docker-entrypoint.sh': program('postgres-entrypoint'),
      '/usr/lib/postgresql/bin/postgres': program('postgres'),
      '/usr/local/bin/postgres': program('postgres'),
      '/usr/local/bin/psql': program('psql'),
      '/usr/local/bin/pg_isready': program('pg_isready'),
    },
  }),
  ...['mysql', 'mariadb'].map((name) =>
    repo({
      name,
      aliases: official(name),
      resolve: tagScheme({
        minors: {
          '5.5': 62,
          '5.6': 51,
          '5.7': 44,
          '8.0': 44,
          '8.4': 7,
          '9.0': 1,
          '9.5': 0,
          '10.6': 23,
          '10.11': 14,
          '11.4': 8,
          '12.0': 2,
        },
        aliases: { latest: name === 'mysql' ? '9.5' : '12.0', lts: '8.4' },
      }),
      size: name === 'mysql' ? 264 * MB : 104 * MB,
      config: {
        entrypoint: ['docker-entrypoint.sh'],
        cmd: [name === 'mysql' ? 'mysqld' : 'mariadbd'],
        ports: ['3306/tcp', '33060/tcp'],
        volumes: ['/var/lib/mysql'],
      },
      files: {
        '/usr/local/bin/docker-entrypoint.sh': program('mysql-entrypoint'),
        '/usr/sbin/mysqld': program('mysqld'),
        '/usr/sbin/mariadbd': program('mysqld'),
        '/usr/bin/mysql': program('mysql'),
        '/usr/bin/mysqladmin': program('mysqladmin'),
      },
    }),
  ),
  repo({
    name: 'mongo',
    aliases: official('mongo'),
    resolve: tagScheme({
      minors: { '3.6': 23, '4.0': 28, '4.2': 24, '4.4': 29, '5.0': 31, '6.0': 26, '7.0': 25, '8.0': 15, '8.2': 1 },
      aliases: { latest: '8.2' },
    }),
    size: 295 * MB,
    config: { entrypoint: ['docker-entrypoint.sh'], cmd: ['mongod'], ports: ['27017/tcp'] },
    files: {
      '/usr/local/bin/docker-entrypoint.sh': program('exec-entrypoint'),
      '/usr/bin/mongod': program('mongod'),
      '/usr/bin/mongosh': program('mongosh'),
    },
  }),
  repo({
    name: 'memcached',
    aliases: official('memcached'),
    resolve: tagScheme({
      minors: { '1.4': 39, '1.5': 22, '1.6': 39 },
      aliases: { latest: '1.6' },
      variants: ['alpine'],
      bareVariants: true,
    }),
    size: 31 * MB,
    config: { entrypoint: ['docker-entrypoint.sh'], cmd: ['memcached'], user: '11211', ports: ['11211/tcp'] },
    files: {
      '/usr/local/bin/docker-entrypoint.sh': program('exec-entrypoint'),
      '/usr/local/bin/memcached': program('memcached'),
    },
  }),
  ...['ubuntu', 'debian', 'fedora', 'centos'].map((name) =>
    repo({
      name,
      aliases: official(name),
      resolve: (t) =>
        /^(latest|\d+(\.\d+)?|noble|jammy|focal|stable|bookworm|trixie|bullseye|buster|sid|stretch|rolling|devel|stream9)(-slim|-backports)?$/.test(
          t,
        )
          ? t
          : undefined,
      size: name === 'ubuntu' ? 29_700_000 : 49_300_000,
      base: 'debian',
      config: { cmd: [name === 'ubuntu' || name === 'fedora' || name === 'centos' ? '/bin/bash' : 'bash'] },
    }),
  ),
  repo({
    name: 'python',
    aliases: official('python'),
    resolve: tagScheme({
      minors: {
        '2.7': 18,
        '3.6': 15,
        '3.7': 17,
        '3.8': 20,
        '3.9': 25,
        '3.10': 19,
        '3.11': 14,
        '3.12': 12,
        '3.13': 9,
        '3.14': 0,
      },
      aliases: { latest: '3.14', '3': '3.14' },
      variants: ['slim-bookworm', 'slim', 'alpine', 'bookworm'],
      bareVariants: true,
    }),
    size: (v) => (v.includes('slim') ? 45 * MB : isAlpine(v) ? 17 * MB : 390 * MB),
    config: { cmd: ['python3'], env: ['LANG=C.UTF-8', 'PYTHON_VERSION=3.14.0'] },
    files: { '/usr/local/bin/python3': program('python3'), '/usr/local/bin/python': program('python3') },
  }),
  repo({
    name: 'node',
    aliases: official('node'),
    resolve: tagScheme({
      minors: { '12': 22, '14': 21, '16': 20, '18': 20, '20': 19, '22': 21, '24': 11, '25': 2 },
      aliases: { latest: '25', lts: '24', current: '25' },
      variants: ['bookworm-slim', 'slim', 'alpine', 'bookworm'],
      bareVariants: true,
    }),
    size: (v) => (isAlpine(v) ? 56 * MB : v.includes('slim') ? 79 * MB : 400 * MB),
    config: { entrypoint: ['docker-entrypoint.sh'], cmd: ['node'], env: ['NODE_VERSION=24.11.1'] },
    files: {
      '/usr/local/bin/docker-entrypoint.sh': program('exec-entrypoint'),
      '/usr/local/bin/node': program('node'),
    },
  }),
  repo({
    name: 'perl',
    aliases: official('perl'),
    resolve: tagScheme({
      minors: { '5.30': 3, '5.34': 3, '5.36': 3, '5.38': 4, '5.40': 2, '5.42': 0 },
      aliases: { latest: '5.42', '5': '5.42' },
      variants: ['slim'],
    }),
    size: 340 * MB,
    config: { cmd: ['perl5.42.0', '-de0'] },
    files: { '/usr/local/bin/perl': program('perl') },
  }),
  repo({
    name: 'hello-world',
    aliases: official('hello-world'),
    resolve: (t) => (['latest', 'linux'].includes(t) ? t : undefined),
    size: 10_072,
    base: 'scratch',
    config: { cmd: ['/hello'] },
    files: { '/hello': program('hello-world') },
  }),
  repo({
    name: 'polinux/stress',
    resolve: (t) => (['latest', '1.0.4'].includes(t) ? t : undefined),
    size: 4_041_495,
    base: 'alpine',
    config: { cmd: ['/usr/local/bin/stress'] },
    files: { '/usr/local/bin/stress': program('stress') },
  }),
  repo({
    name: 'nicolaka/netshoot',
    resolve: anyTag,
    size: 190 * MB,
    base: 'alpine',
    config: { cmd: ['zsh'], workingDir: '/root' },
    files: {
      ...SHELL_TOOLS,
      '/bin/zsh': program('bash'),
      '/usr/bin/tcpdump': program('tcpdump'),
      '/usr/bin/traceroute': program('traceroute'),
      '/bin/ping': program('ping'),
      '/usr/bin/tracepath': program('tracepath'),
      '/sbin/ip': program('ip'),
      '/usr/sbin/iptables': program('iptables'),
      '/usr/bin/openssl': program('openssl'),
    },
  }),
  repo({
    name: 'praqma/network-multitool',
    aliases: ['docker.io/wbitt/network-multitool'],
    resolve: anyTag,
    size: 17 * MB,
    base: 'alpine',
    config: {
      entrypoint: ['/docker-entrypoint.sh'],
      cmd: ['nginx', '-g', 'daemon off;'],
      ports: ['80/tcp', '443/tcp'],
    },
    files: { ...nginxFiles(80), ...SHELL_TOOLS },
  }),
  repo({
    name: 'registry.k8s.io/e2e-test-images/jessie-dnsutils',
    aliases: [
      'registry.k8s.io/e2e-test-images/dnsutils',
      'gcr.io/kubernetes-e2e-test-images/dnsutils',
      'docker.io/tutum/dnsutils',
    ],
    resolve: anyTag,
    size: 112 * MB,
    base: 'debian',
    config: { entrypoint: ['/agnhost'], cmd: ['pause'] },
    files: { '/agnhost': program('agnhost'), ...SHELL_TOOLS },
  }),
  repo({
    name: 'notready/stocktaker',
    resolve: (t) => (/^1\.[0-4]$/.test(t) ? t : undefined),
    size: 14 * MB,
    base: 'distroless',
    config: { entrypoint: ['/stocktaker'] },
    files: { '/stocktaker': program('stocktaker') },
  }),
  repo({
    name: 'registry.k8s.io/echoserver',
    aliases: ['k8s.gcr.io/echoserver', 'gcr.io/google_containers/echoserver', 'gcr.io/google-containers/echoserver'],
    resolve: (t) => (/^1\.\d+$/.test(t) ? t : undefined),
    size: 43 * MB,
    base: 'debian',
    config: { cmd: ['/usr/local/bin/run.sh'], ports: ['8080/tcp'] },
    files: { '/usr/local/bin/run.sh': program('echoserver') },
  }),
  repo({
    name: 'registry.k8s.io/test-webserver',
    aliases: ['k8s.gcr.io/test-webserver'],
    resolve: anyTag,
    size: 4_700_000,
    base: 'scratch',
    config: { cmd: ['/test-webserver'], ports: ['80/tcp'] },
    files: { '/test-webserver': program('test-webserver') },
  }),
  repo({
    name: 'registry.k8s.io/hpa-example',
    aliases: ['k8s.gcr.io/hpa-example'],
    resolve: anyTag,
    size: 195 * MB,
    base: 'debian',
    config: { cmd: ['apache2-foreground'], ports: ['80/tcp'] },
    files: { '/usr/local/bin/apache2-foreground': program('hpa-example') },
  }),
  repo({
    name: 'hashicorp/http-echo',
    resolve: anyTag,
    size: 5_600_000,
    base: 'scratch',
    config: { entrypoint: ['/http-echo'], user: '65532', ports: ['5678/tcp'] },
    files: { '/http-echo': program('http-echo') },
  }),
  repo({
    name: 'nginxdemos/hello',
    resolve: anyTag,
    size: 20 * MB,
    base: 'alpine',
    config: { entrypoint: ['/docker-entrypoint.sh'], cmd: ['nginx', '-g', 'daemon off;'], ports: ['80/tcp'] },
    files: nginxFiles(80),
  }),
  repo({
    name: 'traefik/whoami',
    aliases: ['docker.io/containous/whoami'],
    resolve: anyTag,
    size: 2_700_000,
    base: 'scratch',
    config: { entrypoint: ['/whoami'], ports: ['80/tcp'] },
    files: { '/whoami': program('whoami-server') },
  }),
  repo({
    name: 'stefanprodan/podinfo',
    aliases: ['ghcr.io/stefanprodan/podinfo'],
    resolve: anyTag,
    size: 34 * MB,
    base: 'alpine',
    config: { cmd: ['./podinfo'], user: 'app', workingDir: '/home/app', ports: ['9898/tcp'] },
    files: {
      '/home/app/podinfo': program('podinfo'),
      '/etc/passwd': 'root:x:0:0:root:/root:/bin/sh\napp:x:100:101::/home/app:/bin/sh\n',
    },
  }),
  repo({
    name: 'bmuschko/nodejs-hello-world',
    aliases: [
      'docker.io/bmuschko/nodejs-read-config',
      'docker.io/bmuschko/nodejs-business-app',
      'docker.io/bmuschko/nodejs-ambassador',
      'docker.io/bmuschko/web-app',
    ],
    resolve: (t) => (/^(latest|1\.[01]\.[0-9])$/.test(t) ? t : undefined),
    size: 28 * MB,
    base: 'alpine',
    config: { entrypoint: ['docker-entrypoint.sh'], cmd: ['node', 'app.js'], ports: ['3000/tcp'] },
    files: {
      '/usr/local/bin/docker-entrypoint.sh': program('exec-entrypoint'),
      '/usr/local/bin/node': program('node'),
    },
  }),
  repo({
    name: 'kodekloud/webapp-color',
    aliases: ['docker.io/kodekloud/webapp-delayed-start', 'docker.io/mmumshad/simple-webapp-color'],
    resolve: anyTag,
    size: 31 * MB,
    base: 'alpine',
    config: { entrypoint: ['python', './app.py'], workingDir: '/opt', ports: ['8080/tcp'] },
    files: { '/usr/local/bin/python': program('webapp-color') },
  }),
  repo({
    name: 'prom/prometheus',
    aliases: ['quay.io/prometheus/prometheus'],
    resolve: anyTag,
    size: 120 * MB,
    base: 'busybox',
    config: {
      entrypoint: ['/bin/prometheus'],
      cmd: ['--config.file=/etc/prometheus/prometheus.yml', '--storage.tsdb.path=/prometheus'],
      user: 'nobody',
      ports: ['9090/tcp'],
    },
    files: { '/bin/prometheus': program('prometheus') },
  }),
  repo({
    name: 'haproxy',
    aliases: official('haproxy'),
    resolve: anyTag,
    size: 42 * MB,
    base: (v) => (isAlpine(v) ? 'alpine' : 'debian'),
    config: {
      entrypoint: ['docker-entrypoint.sh'],
      cmd: ['haproxy', '-f', '/usr/local/etc/haproxy/haproxy.cfg'],
      user: 'haproxy',
    },
    files: {
      '/usr/local/bin/docker-entrypoint.sh': program('exec-entrypoint'),
      '/usr/local/sbin/haproxy': program('haproxy'),
      '/etc/passwd': 'root:x:0:0:root:/root:/bin/sh\nhaproxy:x:99:99::/var/lib/haproxy:/bin/sh\n',
    },
  }),
  repo({
    name: 'traefik',
    aliases: official('traefik'),
    resolve: anyTag,
    size: 48 * MB,
    base: 'alpine',
    config: { entrypoint: ['/entrypoint.sh'], cmd: ['traefik'], ports: ['80/tcp'] },
    files: { '/entrypoint.sh': program('exec-entrypoint'), '/usr/local/bin/traefik': program('traefik') },
  }),
  repo({
    name: 'bitnami/kubectl',
    aliases: ['docker.io/rancher/kubectl', 'registry.k8s.io/kubectl', 'docker.io/alpine/k8s'],
    resolve: anyTag,
    size: 62 * MB,
    base: 'debian',
    config: { entrypoint: ['kubectl'], user: '1001' },
    files: { '/usr/local/bin/kubectl': program('kubectl') },
  }),
]
