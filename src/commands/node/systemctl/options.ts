import { Fail } from '../lib/command.ts'
import { getopt, OptionError, type Options } from '../lib/getopt.ts'

/** Options of systemctl 257; those named `x` are taken and change nothing here. */
const SPEC = {
  short: 't:p:P:alqfn:o:H:M:Ts:',
  long: {
    'type=': 't',
    'state=': 'state',
    'property=': 'p',
    all: 'a',
    full: 'l',
    quiet: 'q',
    force: 'f',
    'lines=': 'n',
    'output=': 'o',
    failed: 'failed',
    now: 'now',
    'no-legend': 'no-legend',
    'legend=': 'legend',
    'no-pager': 'no-pager',
    value: 'value',
    'signal=': 's',
    'kill-whom=': 'who',
    'kill-who=': 'who',
    system: 'system',
    user: 'user',
    plain: 'plain',
    'no-block': 'no-block',
    runtime: 'runtime',
    version: 'version',
    help: 'h',
    reverse: 'reverse',
    'no-ask-password': 'x',
    'no-wall': 'x',
    recursive: 'x',
    'no-reload': 'x',
    stdin: 'stdin',
    'no-warn': 'x',
    'with-dependencies': 'x',
    wait: 'wait',
    'dry-run': 'x',
    'job-mode=': 'x',
    after: 'x',
    before: 'x',
  },
}

/** Reads the command line. Throws Fail with systemctl's words. */
export function options(args: readonly string[]): Options {
  try {
    return getopt(args, SPEC)
  } catch (error) {
    if (error instanceof OptionError) throw new Fail(`systemctl: ${error.message}`)
    throw error
  }
}
