import type { Program } from '../../host/index.ts'

/** busybox as machines have it for emergencies: the first argument names the applet. */
export const busybox: Program = {
  name: 'busybox',
  *main(p) {
    const [, applet, ...rest] = p.argv
    if (applet === undefined) {
      p.stderr.write('busybox: not simulated without an applet\n')
      return 127
    }
    const program = p.host.programs.get(`busybox-${applet}`) ?? p.host.programs.get(applet)
    if (!program) {
      p.stderr.write(`${applet}: applet not found\n`)
      return 127
    }
    return yield* p.exec(program, [applet, ...rest], p.exe)
  },
}
