import { describe, expect, test } from 'vitest'
import { type CobraOptions, command, execute, noArgs } from '../../../src/commands/lib/cobra.ts'
import { fakeProcess, finish } from '../fake-process.ts'

const print = command({
  use: 'print',
  short: 'Print configuration',
  long: 'This command prints configurations for subcommands provided.',
  args: noArgs,
  flags: [
    { name: 'replicas', short: 'n', type: 'int32', default: 1, usage: 'How `many`.' },
    { name: 'label', short: 'l', type: 'stringSlice', usage: 'Labels.' },
    { name: 'dry-run', type: 'string', default: 'none', noOptDefault: 'unchanged', usage: 'Do not do it.' },
    { name: 'timeout', type: 'duration', usage: 'How long.' },
    { name: 'old', type: 'bool', usage: 'Old.', deprecated: 'use --new' },
  ],
  *run({ p, flags, args }) {
    p.stdout.write(
      `${JSON.stringify([flags.int('replicas'), flags.strings('label'), flags.string('dry-run'), flags.duration('timeout'), args])}\n`,
    )
    yield* []
    return 0
  },
})
const root = command({
  use: 'tool',
  short: 'A tool',
  persistentFlags: [
    { name: 'v', short: 'v', type: 'string', typeName: 'Level', usage: 'number for the log level verbosity' },
  ],
  commands: [print, { use: 'alpha', short: 'Experimental sub-commands' }],
})

const kubectlLike: CobraOptions = {
  normalize: (name) => name.replaceAll('_', '-'),
  flagError: (c, message) => `${message}\nSee '${c.path} --help' for usage.`,
  *onError({ p }, error) {
    p.stderr.write(`error: ${(error as Error).message}\n`)
    yield* []
    return 1
  },
}

function run(line: string, options: CobraOptions = kubectlLike) {
  const { p, stdout, stderr } = fakeProcess()
  const exit = finish(execute(root, p, line.split(' ').filter(Boolean), options))
  return [exit, stdout.text(), stderr.text()]
}

describe('pflag', () => {
  test.each([
    ['print', '[1,[],"none",0,[]]\n'],
    ['print --replicas=3 -la,b -l c --timeout 1m30s', '[3,["a","b","c"],"none",90000,[]]\n'],
    ['print -n5', '[5,[],"none",0,[]]\n'],
    ['print -n=0x10', '[16,[],"none",0,[]]\n'],
    ['-v 3 print --dry_run', '[1,[],"unchanged",0,[]]\n'],
    ['print --dry-run=client', '[1,[],"client",0,[]]\n'],
  ])('%s', (line, stdout) => expect(run(line)).toEqual([0, stdout, '']))

  test.each([
    ['print --nosuch', "error: unknown flag: --nosuch\nSee 'tool print --help' for usage.\n"],
    ['print -x', "error: unknown shorthand flag: 'x' in -x\nSee 'tool print --help' for usage.\n"],
    ['print --replicas', "error: flag needs an argument: --replicas\nSee 'tool print --help' for usage.\n"],
    [
      'print --replicas=abc',
      'error: invalid argument "abc" for "-n, --replicas" flag: strconv.ParseInt: parsing "abc": invalid syntax\nSee \'tool print --help\' for usage.\n',
    ],
    ['print x', 'error: unknown command "x" for "tool print"\n'],
    ['prnt', 'error: unknown command "prnt" for "tool"\n\nDid you mean this?\n\tprint\n\n'],
  ])('%s', (line, stderr) => expect(run(line)).toEqual([1, '', stderr]))

  test('a deprecated flag works and says so', () =>
    expect(run('print --old')).toEqual([0, '[1,[],"none",0,[]]\n', 'Flag --old has been deprecated, use --new\n']))
})

test("cobra's own help page", () => {
  expect(run('print -h')[1]).toBe(`This command prints configurations for subcommands provided.

Usage:
  tool print [flags]

Flags:
      --dry-run string[="unchanged"]   Do not do it. (default "none")
  -h, --help                           help for print
  -l, --label strings                  Labels.
      --old                            Old. (DEPRECATED: use --new)
  -n, --replicas many                  How many. (default 1)
      --timeout duration               How long.

Global Flags:
  -v, --v Level   number for the log level verbosity
`)
  expect(run('')[1]).toBe(`A tool

Usage:
  tool [command]

Available Commands:
  help        Help about any command
  print       Print configuration

Flags:
  -h, --help      help for tool
  -v, --v Level   number for the log level verbosity

Additional help topics:
  tool alpha  Experimental sub-commands

Use "tool [command] --help" for more information about a command.
`)
})

test('the same data in the style of kubectl', () => {
  const page = run('print -h', { ...kubectlLike, style: 'kubectl' })[1]
  expect(page).toContain("\n\nOptions:\n    --dry-run='none':\n\tDo not do it.\n\n    -l, --label=[]:\n\tLabels.\n")
  expect(page).toMatch(/Usage:\n {2}tool print \[flags\] \[options\]\n$/)
})

test('completion', () => {
  expect(run('__complete pr')).toEqual([
    0,
    'print\tPrint configuration\n:4\n',
    'Completion ended with directive: ShellCompDirectiveNoFileComp\n',
  ])
  expect(run('__complete print --re')[1]).toBe('--replicas\tHow `many`.\n:4\n')
})
