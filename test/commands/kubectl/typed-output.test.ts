import { expect, test } from 'vitest'
import { createWorld } from '../../../src/cluster/index.ts'

// What kubectl 1.36.4 printed without a server.

test('-o json shows what kubectl made itself as Go holds it', () => {
  const world = createWorld()
  expect(world.run('kubectl create deployment web --image=nginx --port=80 --dry-run=client -o json').stdout).toBe(`{
    "kind": "Deployment",
    "apiVersion": "apps/v1",
    "metadata": {
        "name": "web",
        "labels": {
            "app": "web"
        }
    },
    "spec": {
        "replicas": 1,
        "selector": {
            "matchLabels": {
                "app": "web"
            }
        },
        "template": {
            "metadata": {
                "labels": {
                    "app": "web"
                }
            },
            "spec": {
                "containers": [
                    {
                        "name": "nginx",
                        "image": "nginx",
                        "ports": [
                            {
                                "containerPort": 80
                            }
                        ],
                        "resources": {}
                    }
                ]
            }
        },
        "strategy": {}
    },
    "status": {}
}
`)
})

test('how often a silent server is asked for a type', () => {
  const world = createWorld()
  world.run('export KUBECONFIG=/nosuch')
  const asked = (args: string) => world.run(`kubectl ${args}`).stderr.split('memcache.go:265').length - 1
  const counts = {
    'get pods': 5,
    'get pod/x': 4,
    'get pods,svc': 6,
    'logs x': 4,
    'cordon x': 4,
    'taint nodes x a=b:NoSchedule': 2,
    'run x --image=nginx': 1,
    'create role r --verb=get --resource=pods': 2,
    'auth can-i get pods': 2,
    'explain pods': 2,
    'cluster-info': 5,
    'top nodes': 0,
    'create ns x': 0,
  }
  expect(Object.fromEntries(Object.keys(counts).map((args) => [args, asked(args)]))).toEqual(counts)
})
