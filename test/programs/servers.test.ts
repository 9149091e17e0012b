import { expect, test } from 'vitest'
import { createWorld } from '../../src/cluster/index.ts'

/** Images that serve as they are, on each base they come with. */
const SERVERS = [
  ...[
    'nginx',
    'nginx:1.27',
    'nginx:1.27-alpine',
    'nginx:alpine-slim',
    'httpd',
    'httpd:2.4-alpine',
    'redis',
    'redis:7-alpine',
  ],
  ...['memcached', 'traefik/whoami', 'registry.k8s.io/pause:3.10', 'nginxinc/nginx-unprivileged'],
]

test.each(SERVERS)('%s runs', (image) => {
  const world = createWorld({ cluster: 'single' })
  world.sh(`kubectl run server --image=${image}; sleep 45`)
  expect(world.sh('kubectl get pod server --no-headers').stdout).toMatch(/^server +1\/1 +Running +0 /)
})
