import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The real openssl, where there is one. */
export const hasOpenssl = existsSync('/usr/bin/openssl')

const dir = mkdtempSync(join(tmpdir(), 'notready-pki-'))

/** Runs the real openssl with files `name: content` in its working directory; stdout and stderr together. */
export function realOpenssl(args: string, files: Record<string, string> = {}, input = ''): string {
  for (const [name, content] of Object.entries(files)) writeFileSync(join(dir, name), content)
  const run = `openssl ${args} 2>&1 || true`
  return execFileSync('bash', ['-c', run], { cwd: dir, input, encoding: 'utf8' })
}
