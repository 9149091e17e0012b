/**
 * What applets of busybox say where GNU's tools say something else: [applets, GNU's message, busybox's]. Recorded from
 * busybox 1.35; the first match counts.
 */
const WORDS: readonly (readonly [applets: RegExp, gnu: RegExp, busybox: string])[] = [
  [/^cat$/, /^.*: (Is a directory)$/, 'read error: $1'],
  [
    /^(cat|tail|uniq|md5sum|sha\d+sum|less|more|dd)$/,
    /^(?:failed to open ['‘])?([^'‘].*?)['’]?: (.*)$/,
    "can't open '$1': $2",
  ],
  [/^(tar|gzip|gunzip)$/, /^(.*): Cannot open: (.*)$/, "can't open '$1': $2"],
  [/^(ls|du|chmod|chown|chgrp)$/, /^cannot access ['‘](.*)['’]: (.*)$/, '$1: $2'],
  [/^touch$/, /^cannot touch ['‘](.*)['’]: (.*)$/, '$1: $2'],
  [/^mkdir$/, /^cannot create directory ['‘](.*)['’]: (.*)$/, "can't create directory '$1': $2"],
  [/^rm$/, /^cannot remove ['‘](.*)['’]: Is a directory$/, "'$1' is a directory"],
  [/^rm$/, /^cannot remove ['‘](.*)['’]: (.*)$/, "can't remove '$1': $2"],
  [/^rmdir$/, /^failed to remove (['‘].*['’]): (.*)$/, '$1: $2'],
  [/^(cp|diff)$/, /^cannot stat ['‘](.*)['’]: (.*)$/, "can't stat '$1': $2"],
  [/^cp$/, /^cannot create (?:regular file|directory) ['‘](.*)['’]: (.*)$/, "can't create '$1': $2"],
  [/^diff$/, /^([^'].*): (No such file or directory)$/, "can't stat '$1': $2"],
  [/^mv$/, /^cannot (?:stat|move) ['‘](.*?)['’](?: to .*)?: (.*)$/, "can't rename '$1': $2"],
  [/^ln$/, /^failed to (?:access|create \w+ link) ['‘](.*?)['’](?: => .*)?: (.*)$/, '$1: $2'],
  [/^ch(mod|own|grp)$/, /^changing (?:permissions|ownership|group) of ['‘](.*)['’]: (.*)$/, '$1: $2'],
  [/^ch(own|grp)$/, /^invalid (user|group): ['‘](.*)['’]$/, 'unknown $1 $2'],
  [/^whoami$/, /^cannot find name for user ID (\d+).*$/, 'unknown uid $1'],
  [/^id$/, /^['‘](.*)['’]: no such user$/, 'unknown user $1'],
  [/^find$/, /^['‘](.*)['’]: (.*)$/, '$1: $2'],
  [/^stat$/, /^cannot statx? ['‘](.*)['’]: (.*)$/, "can't stat '$1': $2"],
  [/^sleep$/, /^invalid time interval ['‘](.*)['’]$/, "invalid number '$1'"],
  [/^(head|tail)$/, /^invalid number of (?:lines|bytes): ['‘](.*)['’]$/, "invalid number '$1'"],
  [/^date$/, /^cannot set date: (.*)$/, "can't set date: $1"],
  [/^date$/, /^invalid date ['‘](.*)['’]$/, "invalid date '$1'"],
  [/^(env|timeout)$/, /^(?:failed to run command )?['‘](.*)['’]: (.*)$/, "can't execute '$1': $2"],
  [/^cut$/, /^you must specify a list of .*$/, 'expected a list of bytes, characters, or fields'],
  [/^umount$/, /^(.*): (not mounted|no mount point specified)\.?$/, "can't unmount $1: Invalid argument"],
]

/** A message (without the name before it) as the applet words it. */
export function appletMessage(name: string, message: string): string {
  for (const [applets, gnu, busybox] of WORDS)
    if (applets.test(name) && gnu.test(message)) return message.replace(gnu, busybox)
  return message
}

/** Applets know success and failure, where GNU tells degrees of trouble. */
export const appletStatus = (name: string, status: number): number => (name === 'ls' ? Math.min(status, 1) : status)

/** Sizes as `-h` shows them: one decimal, always. */
export function appletSize(bytes: number): string {
  if (bytes < 1024) return String(bytes)
  let n = bytes / 1024
  let i = 0
  while (n >= 1024 && i < 5) {
    n /= 1024
    i++
  }
  return `${n.toFixed(1)}${'KMGTPE'[i]}`
}
