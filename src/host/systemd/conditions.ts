import type { Host } from '../host.ts'

/** The first condition that does not hold, as systemd names it in its message, or undefined. */
export function unmetCondition(host: Host, conditions: readonly { key: string; value: string }[]): string | undefined {
  for (const { key, value } of conditions) {
    const triggered = value.startsWith('|') ? value.slice(1) : value
    const not = triggered.startsWith('!')
    const argument = not ? triggered.slice(1) : triggered
    const node = argument.startsWith('/') ? host.fs.find(argument) : undefined
    const holds = test(key, argument, node)
    if (holds !== undefined && holds === not) return `${key}=${value}`
  }
  return undefined

  function test(key: string, argument: string, node: ReturnType<Host['fs']['find']>): boolean | undefined {
    switch (key) {
      case 'ConditionPathExists':
        return node !== undefined
      case 'ConditionPathIsDirectory':
        return node?.kind === 'dir'
      case 'ConditionDirectoryNotEmpty':
        return node?.kind === 'dir' && node.entries.size > 0
      case 'ConditionFileNotEmpty':
        return node?.kind === 'file' && node.size > 0
      case 'ConditionFileIsExecutable':
        return node?.kind === 'file' && (node.mode & 0o111) !== 0
      case 'ConditionPathIsMountPoint':
        return host.fs.mounts.some((m) => m.path === argument)
      case 'ConditionHost':
        return argument === host.name
      default:
        return undefined
    }
  }
}
