/**
 * What differs between two honest runs of a server beside PROVENANCE.md's list: the lines of concurrent goroutines
 * come in any order, gRPC numbers its channels and gives up some attempts, and back-off with jitter decides how often
 * a line is repeated. The recorder's binaries were of a fork whose file:line numbers are its own.
 */
const CHANCE: readonly [RegExp, string][] = [
  [/^.*grpc: addrConn.*(?:operation was canceled|context canceled)"\n/gm, ''],
  [/\[Channel #\d+ SubChannel #\d+\]/g, '[Channel]'],
  // try.sh cuts its lines, some within the trace.
  [/"stacktrace":"[^"\n]*(?:"\}?|$)/gm, '"stacktrace":"<stack>"'],
  // A server's identity.
  [/\bapiserver-[a-z0-9]{26}\b/g, 'apiserver-<id>'],
  [/stat \/proc\/\d+/g, 'stat /proc/<pid>'],
  // Which of two equal deadlines passes first: the context's, or the HTTP client's while or before it waits.
  [
    /(?:context deadline exceeded|net\/http: request canceled)(?: \(Client\.Timeout exceeded while awaiting headers\))?/g,
    '<deadline>',
  ],
  // A static pod's UID: a hash of its manifest. sed's temporary files.
  [/\b[0-9a-f]{32}\b/g, '<id>'],
  [/(?<=manifests\/sed)[A-Za-z0-9]{6}\b/g, '<rand>'],
  // A hash of the machine's name.
  [/\bapiserver-[a-z2-7]{26}(?![a-z2-7])/g, 'apiserver-<hash>'],
  [/"(?:cluster|local-member|member|raft-?)-?id":"[0-9a-f]+"/g, '<member>'],
]

/** Places in source code, which a fork numbers its own way. */
const PLACES = /\b([a-z_0-9]+\.go):\d+/g

/** Text of server logs as it is compared; `lab`: the lab's directories, which the recorder removed; `fork`: its programs were one. */
export function serverLog(text: string, lab: readonly string[], fork: boolean): string {
  let out = fork ? text.replace(PLACES, '$1') : text
  for (const dir of lab) out = out.replaceAll(dir, '')
  for (const [pattern, by] of CHANCE) out = out.replace(pattern, by)
  return out
}

const REPEATED = /grpc: addrConn|Error retrieving lease lock/

/** Lines sorted, those that a back-off repeats once. `normalised` has no times any more. */
export function asSet(normalised: string): string {
  const lines = normalised.split('\n')
  const seen = new Set<string>()
  const once = lines.filter((l) => !REPEATED.test(l) || (!seen.has(l) && seen.add(l)))
  return once.sort().join('\n')
}
