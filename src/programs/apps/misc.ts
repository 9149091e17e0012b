import type { Program } from '../../host/index.ts'
import { sleep } from '../../kernel/index.ts'
import { amount } from '../kubelet/resources.ts'
import { execInPlace } from './exec-in-place.ts'

const HELLO = `
Hello from Docker!
This message shows that your installation appears to be working correctly.

To generate this message, Docker took the following steps:
 1. The Docker client contacted the Docker daemon.
 2. The Docker daemon pulled the "hello-world" image from the Docker Hub.
    (amd64)
 3. The Docker daemon created a new container from that image which runs the
    executable that produces the output you are currently reading.
 4. The Docker daemon streamed that output to the Docker client, which sent it
    to your terminal.

To try something more ambitious, you can run an Ubuntu container with:
 $ docker run -it ubuntu bash

Share images, automate workflows, and more with a free Docker ID:
 https://hub.docker.com/

For more examples and ideas, visit:
 https://docs.docker.com/get-started/

`

const hello: Program = {
  name: 'hello-world',
  *main(p) {
    yield* sleep(p.host.kernel, 5)
    p.stdout.write(HELLO)
    return 0
  },
}

/** polinux/stress: takes the memory or CPU it is told to. */
const stress: Program = {
  name: 'stress',
  *main(p) {
    const value = (name: string): string => {
      const i = p.argv.findIndex((a) => a === name || a.startsWith(`${name}=`))
      return i < 0 ? '' : p.argv[i].includes('=') ? p.argv[i].split('=')[1] : (p.argv[i + 1] ?? '')
    }
    const vm = Number(value('--vm') || value('-m') || 0)
    const cpu = Number(value('--cpu') || value('-c') || 0)
    const bytes = value('--vm-bytes') || '256M'
    p.stdout.write(`stress: info: [1] dispatching hogs: ${cpu} cpu, 0 io, ${vm} vm, 0 hdd\n`)
    yield* sleep(p.host.kernel, 120)
    p.cpuMilli = (cpu + vm) * 1000
    if (vm > 0) p.rss = vm * amount(bytes.replace(/[Bb]$/, '').replace(/([KMG])$/, '$1i'))
    const timeout = value('--timeout') || value('-t')
    if (timeout) {
      yield* sleep(p.host.kernel, Number.parseInt(timeout, 10) * 1000)
      p.stdout.write(`stress: info: [1] successful run completed in ${Number.parseInt(timeout, 10)}s\n`)
      return 0
    }
    p.onSignal('SIGTERM', () => p.exit(143))
    return yield* p.park()
  },
}

/** Entrypoints that only run the command given to them. */
const entrypoint = (name: string): Program => ({
  name,
  *main(p) {
    yield* sleep(p.host.kernel, 10)
    return yield* execInPlace(p, p.argv.slice(1))
  },
})

/** The wrapper that Kubernetes' own images start with to write log files. */
const goRunner: Program = {
  name: 'go-runner',
  *main(p) {
    yield* sleep(p.host.kernel, 5)
    const command = p.argv.slice(1).filter((_, i, all) => i >= all.findIndex((x) => !x.startsWith('--')))
    return yield* execInPlace(p, command)
  },
}

export const miscPrograms: readonly Program[] = [
  hello,
  stress,
  goRunner,
  entrypoint('exec-entrypoint'),
  entrypoint('redis-entrypoint'),
]
