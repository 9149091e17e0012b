/** One `Key=Value` line of a unit file, with continuation lines joined. */
export interface Setting {
  readonly section: string
  readonly key: string
  readonly value: string
  readonly file: string
  readonly line: number
}

interface ParsedFile {
  readonly settings: readonly Setting[]
  /** What systemd logs while reading, e.g. about unknown keys. */
  readonly warnings: readonly string[]
}

/** Keys that systemd knows, by section. Everything else earns a warning and is ignored. */
const KNOWN: Record<string, ReadonlySet<string>> = {
  Unit: new Set(
    `Description Documentation Wants Requires Requisite BindsTo PartOf Upholds Conflicts Before After OnFailure OnSuccess
    PropagatesReloadTo ReloadPropagatedFrom PropagatesStopTo StopPropagatedFrom JoinsNamespaceOf RequiresMountsFor
    WantsMountsFor OnFailureJobMode IgnoreOnIsolate StopWhenUnneeded RefuseManualStart RefuseManualStop AllowIsolate
    DefaultDependencies SurviveFinalKillSignal CollectMode FailureAction SuccessAction FailureActionExitStatus
    SuccessActionExitStatus JobTimeoutSec JobRunningTimeoutSec JobTimeoutAction JobTimeoutRebootArgument
    StartLimitIntervalSec StartLimitInterval StartLimitBurst StartLimitAction RebootArgument SourcePath
    ConditionArchitecture ConditionFirmware ConditionVirtualization ConditionHost ConditionKernelCommandLine
    ConditionKernelVersion ConditionVersion ConditionCredential ConditionEnvironment ConditionSecurity
    ConditionCapability ConditionACPower ConditionNeedsUpdate ConditionFirstBoot ConditionPathExists
    ConditionPathExistsGlob ConditionPathIsDirectory ConditionPathIsSymbolicLink ConditionPathIsMountPoint
    ConditionPathIsReadWrite ConditionPathIsEncrypted ConditionDirectoryNotEmpty ConditionFileNotEmpty
    ConditionFileIsExecutable ConditionUser ConditionGroup ConditionControlGroupController ConditionMemory
    ConditionCPUs ConditionCPUFeature ConditionOSRelease AssertPathExists`.split(/\s+/),
  ),
  Service: new Set(
    `Type ExitType RemainAfterExit GuessMainPID PIDFile BusName ExecStart ExecStartPre ExecStartPost ExecCondition
    ExecReload ExecStop ExecStopPost RestartSec RestartSteps RestartMaxDelaySec TimeoutStartSec TimeoutStopSec
    TimeoutAbortSec TimeoutSec TimeoutStartFailureMode TimeoutStopFailureMode RuntimeMaxSec WatchdogSec Restart
    RestartMode SuccessExitStatus RestartPreventExitStatus RestartForceExitStatus RootDirectoryStartOnly NonBlocking
    NotifyAccess Sockets FileDescriptorStoreMax USBFunctionDescriptors OOMPolicy OpenFile ReloadSignal
    StartLimitInterval StartLimitBurst StartLimitAction FailureAction RebootArgument
    User Group SupplementaryGroups DynamicUser PAMName WorkingDirectory RootDirectory Environment EnvironmentFile
    PassEnvironment UnsetEnvironment StandardInput StandardOutput StandardError SyslogIdentifier SyslogFacility
    SyslogLevel SyslogLevelPrefix LogLevelMax LogExtraFields LogRateLimitIntervalSec LogRateLimitBurst LogNamespace
    TTYPath TTYReset TTYVHangup Nice OOMScoreAdjust UMask LimitCPU LimitFSIZE LimitDATA LimitSTACK LimitCORE LimitRSS
    LimitNOFILE LimitAS LimitNPROC LimitMEMLOCK LimitLOCKS LimitSIGPENDING LimitMSGQUEUE LimitNICE LimitRTPRIO
    LimitRTTIME CapabilityBoundingSet AmbientCapabilities NoNewPrivileges SecureBits ProtectSystem ProtectHome
    ProtectClock ProtectKernelTunables ProtectKernelModules ProtectKernelLogs ProtectControlGroups ProtectHostname
    ProtectProc ProcSubset PrivateTmp PrivateDevices PrivateNetwork PrivateUsers PrivateMounts PrivateIPC
    ReadWritePaths ReadOnlyPaths InaccessiblePaths ExecPaths NoExecPaths BindPaths BindReadOnlyPaths TemporaryFileSystem
    MountFlags MountAPIVFS RestrictAddressFamilies RestrictNamespaces RestrictRealtime RestrictSUIDSGID LockPersonality
    MemoryDenyWriteExecute RemoveIPC SystemCallFilter SystemCallArchitectures SystemCallErrorNumber SystemCallLog
    RuntimeDirectory RuntimeDirectoryMode RuntimeDirectoryPreserve StateDirectory StateDirectoryMode CacheDirectory
    CacheDirectoryMode LogsDirectory LogsDirectoryMode ConfigurationDirectory LoadCredential SetCredential
    ImportCredential DeviceAllow DevicePolicy Slice Delegate DelegateSubgroup CPUAccounting CPUWeight CPUQuota
    CPUShares AllowedCPUs MemoryAccounting MemoryMin MemoryLow MemoryHigh MemoryMax MemorySwapMax MemoryLimit
    TasksAccounting TasksMax IOAccounting IOWeight IPAccounting IPAddressAllow IPAddressDeny ManagedOOMSwap
    ManagedOOMMemoryPressure KillMode KillSignal RestartKillSignal SendSIGKILL SendSIGHUP FinalKillSignal
    WatchdogSignal Personality KeyringMode UtmpIdentifier UtmpMode IgnoreSIGPIPE CPUSchedulingPolicy
    CPUSchedulingPriority IOSchedulingClass IOSchedulingPriority CoredumpFilter Type`.split(/\s+/),
  ),
  Install: new Set(['WantedBy', 'RequiredBy', 'UpheldBy', 'Alias', 'Also', 'DefaultInstance']),
  Timer: new Set(
    `OnActiveSec OnBootSec OnStartupSec OnUnitActiveSec OnUnitInactiveSec OnCalendar AccuracySec RandomizedDelaySec
    FixedRandomDelay OnClockChange OnTimezoneChange Unit Persistent WakeSystem RemainAfterElapse`.split(/\s+/),
  ),
  Socket: new Set(
    `ListenStream ListenDatagram ListenSequentialPacket ListenFIFO ListenNetlink SocketUser SocketGroup SocketMode
    Accept Service Backlog MaxConnections RemoveOnStop Symlinks FileDescriptorName PassCredentials PassSecurity
    ReceiveBuffer SendBuffer FreeBind BindIPv6Only DirectoryMode Writable Timestamping`.split(/\s+/),
  ),
  Mount: new Set(
    'What Where Type Options SloppyOptions LazyUnmount ReadWriteOnly ForceUnmount DirectoryMode TimeoutSec'.split(' '),
  ),
  Swap: new Set('What Priority Options TimeoutSec'.split(' ')),
  Path: new Set(
    'PathExists PathExistsGlob PathChanged PathModified DirectoryNotEmpty Unit MakeDirectory DirectoryMode'.split(' '),
  ),
  Slice: new Set(
    'CPUAccounting CPUWeight CPUQuota MemoryAccounting MemoryMax MemoryHigh MemoryMin TasksMax TasksAccounting'.split(
      ' ',
    ),
  ),
  Automount: new Set('Where TimeoutIdleSec DirectoryMode ExtraOptions'.split(' ')),
}

/** Reads a unit file or drop-in. Models systemd's config_parse (257). */
export function parseUnitFile(text: string, file: string): ParsedFile {
  const settings: Setting[] = []
  const warnings: string[] = []
  let section = ''
  let ignoring = false
  const lines = text.split('\n')
  for (let i = 0; i < lines.length; i++) {
    const line = i + 1
    let content = lines[i].trim()
    if (content === '' || content.startsWith('#') || content.startsWith(';')) continue
    while (content.endsWith('\\') && i + 1 < lines.length) {
      i++
      const next = lines[i].trim()
      if (next.startsWith('#') || next.startsWith(';')) continue
      content = `${content.slice(0, -1)} ${next}`
    }
    if (content.startsWith('[')) {
      if (!content.endsWith(']')) {
        warnings.push(`${file}:${line}: Invalid section header '${content}'`)
        continue
      }
      section = content.slice(1, -1)
      ignoring = !(section in KNOWN) && !section.startsWith('X-')
      if (ignoring) warnings.push(`${file}:${line}: Unknown section '${section}'. Ignoring.`)
      ignoring ||= section.startsWith('X-')
      continue
    }
    const eq = content.indexOf('=')
    if (eq < 0) {
      warnings.push(`${file}:${line}: Missing '=', ignoring line.`)
      continue
    }
    if (section === '') {
      warnings.push(`${file}:${line}: Assignment outside of section. Ignoring.`)
      continue
    }
    if (ignoring) continue
    const key = content.slice(0, eq).trim()
    const value = content.slice(eq + 1).trim()
    if (!KNOWN[section].has(key) && !key.startsWith('X-')) {
      warnings.push(`${file}:${line}: Unknown key '${key}' in section [${section}], ignoring.`)
      continue
    }
    settings.push({ section, key, value, file, line })
  }
  return { settings, warnings }
}

/** `5`, `10s`, `1min 30s`, `500ms`, `infinity` → ms; undefined when it cannot be parsed. */
export function parseSpan(text: string, unit = 1000): number | undefined {
  const t = text.trim()
  if (t === 'infinity') return Number.POSITIVE_INFINITY
  if (/^\d+(\.\d+)?$/.test(t)) return Number(t) * unit
  const units: Record<string, number> = {
    us: 0.001,
    ms: 1,
    msec: 1,
    s: 1000,
    sec: 1000,
    second: 1000,
    seconds: 1000,
    m: 60_000,
    min: 60_000,
    minute: 60_000,
    minutes: 60_000,
    h: 3_600_000,
    hr: 3_600_000,
    hour: 3_600_000,
    hours: 3_600_000,
    d: 86_400_000,
    day: 86_400_000,
    days: 86_400_000,
    w: 604_800_000,
    week: 604_800_000,
    weeks: 604_800_000,
    month: 2_629_800_000,
    months: 2_629_800_000,
    y: 31_557_600_000,
    year: 31_557_600_000,
    years: 31_557_600_000,
  }
  let total = 0
  let rest = t
  while (rest !== '') {
    const m = /^(\d+(?:\.\d+)?)\s*([a-z]+)\s*/.exec(rest)
    if (!m || units[m[2]] === undefined) return undefined
    total += Number(m[1]) * units[m[2]]
    rest = rest.slice(m[0].length)
  }
  return t === '' ? undefined : total
}

/** ms as systemd prints a time span with the given accuracy: `1min 30s`, `10s`, `500ms`. */
export function formatSpan(ms: number, accuracyMs = 0): string {
  if (ms === Number.POSITIVE_INFINITY) return 'infinity'
  const table: [string, number][] = [
    ['y', 31_557_600_000],
    ['month', 2_629_800_000],
    ['w', 604_800_000],
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['min', 60_000],
    ['s', 1000],
    ['ms', 1],
  ]
  if (ms <= 0) return '0'
  let rest = ms
  const out: string[] = []
  for (const [name, size] of table) {
    if (rest <= 0 || (out.length > 0 && rest < accuracyMs)) break
    if (rest < size) continue
    const n = Math.floor(rest / size)
    out.push(`${n}${name}`)
    rest -= n * size
  }
  return out.length > 0 ? out.join(' ') : `${Math.round(ms * 1000)}us`
}
