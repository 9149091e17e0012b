/** The machine whose shell shows this prompt, and the folder; undefined for a line that goes on. */
export function placeOfPrompt(prompt: string): { readonly host: string; readonly cwd: string } | undefined {
  const [, host, cwd] = /@([a-z0-9.-]+):([^#$]*)/.exec(prompt) ?? []
  return host === undefined ? undefined : { host, cwd: cwd.replace(/^~/, '/root') }
}
