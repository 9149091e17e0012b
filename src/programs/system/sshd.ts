import { type Process, type Program, sdNotify } from '../../host/index.ts'

/** OpenSSH's daemon. Sessions are made by the client's side (`ssh`), as children of this process. */
export const sshd: Program = {
  name: 'sshd',
  *main(p: Process) {
    p.rss = 8 << 20
    const config = p.fs.find('/etc/ssh/sshd_config')
    const port = Number((config?.kind === 'file' ? /^\s*Port\s+(\d+)/m.exec(config.read())?.[1] : undefined) ?? 22)
    const stop = (signal: number) => (): void => {
      p.stderr.write(`Received signal ${signal}; terminating.\n`)
      p.exit(0)
    }
    p.onSignal('SIGTERM', stop(15))
    p.onSignal('SIGINT', stop(2))
    p.onSignal('SIGHUP', () => p.stderr.write('Received SIGHUP; restarting.\n'))
    p.net.listen(p, { port, service: { name: 'sshd' } })
    p.stderr.write(`Server listening on 0.0.0.0 port ${port}.\nServer listening on :: port ${port}.\n`)
    sdNotify(p, 'READY=1')
    return yield* p.park()
  },
}
