import { type Signal, Stackless } from '../kernel/index.ts'

/** gRPC status names that etcd uses. */
type Code =
  | 'InvalidArgument'
  | 'NotFound'
  | 'OutOfRange'
  | 'FailedPrecondition'
  | 'ResourceExhausted'
  | 'Unavailable'
  | 'DeadlineExceeded'
  | 'Unknown'
  | 'Canceled'
  | 'Internal'
  | 'PermissionDenied'
  | 'Unauthenticated'

/** An error that a member answers with (api/v3rpc/rpctypes/error.go). `message` is the description without code. */
export class EtcdError extends Stackless {
  constructor(
    readonly code: Code,
    message: string,
  ) {
    super(message)
  }

  /** As the client's log prints it. */
  get rpc(): string {
    return `rpc error: code = ${this.code} desc = ${this.message}`
  }
}

const define =
  (code: Code, text: string): (() => EtcdError) =>
  () =>
    new EtcdError(code, text)

/** Every server error by its Go name. */
export const errors = {
  EmptyKey: define('InvalidArgument', 'etcdserver: key is not provided'),
  ValueProvided: define('InvalidArgument', 'etcdserver: value is provided'),
  LeaseProvided: define('InvalidArgument', 'etcdserver: lease is provided'),
  TooManyOps: define('InvalidArgument', 'etcdserver: too many operations in txn request'),
  DuplicateKey: define('InvalidArgument', 'etcdserver: duplicate key given in txn request'),
  InvalidSortOption: define('InvalidArgument', 'etcdserver: invalid sort option'),
  Compacted: define('OutOfRange', 'etcdserver: mvcc: required revision has been compacted'),
  FutureRev: define('OutOfRange', 'etcdserver: mvcc: required revision is a future revision'),
  NoSpace: define('ResourceExhausted', 'etcdserver: mvcc: database space exceeded'),
  LeaseNotFound: define('NotFound', 'etcdserver: requested lease not found'),
  LeaseExist: define('FailedPrecondition', 'etcdserver: lease already exists'),
  LeaseTtlTooLarge: define('OutOfRange', 'etcdserver: too large lease TTL'),
  KeyNotFound: define('InvalidArgument', 'etcdserver: key not found'),
  MemberExist: define('FailedPrecondition', 'etcdserver: member ID already exist'),
  PeerUrlExist: define('FailedPrecondition', 'etcdserver: Peer URLs already exists'),
  MemberNotEnoughStarted: define('Unknown', 'etcdserver: re-configuration failed due to not enough started members'),
  MemberBadUrls: define('InvalidArgument', 'etcdserver: given member URLs are invalid'),
  MemberNotFound: define('NotFound', 'etcdserver: member not found'),
  MemberNotLearner: define('FailedPrecondition', 'etcdserver: can only promote a learner member'),
  LearnerNotReady: define(
    'FailedPrecondition',
    'etcdserver: can only promote a learner member which is in sync with leader',
  ),
  TooManyLearners: define('FailedPrecondition', 'etcdserver: too many learner members in cluster'),
  RequestTooLarge: define('InvalidArgument', 'etcdserver: request is too large'),
  NotSupportedForLearner: define('FailedPrecondition', 'etcdserver: rpc not supported for learner'),
  BadLeaderTransferee: define('FailedPrecondition', 'etcdserver: bad leader transferee'),
  NotLeader: define('FailedPrecondition', 'etcdserver: not leader'),
  NoLeader: define('Unavailable', 'etcdserver: no leader'),
  LeaderChanged: define('Unavailable', 'etcdserver: leader changed'),
  Timeout: define('Unavailable', 'etcdserver: request timed out'),
  TimeoutDueToLeaderFail: define(
    'Unavailable',
    'etcdserver: request timed out, possibly due to previous leader failure',
  ),
  TimeoutDueToConnectionLost: define('Unavailable', 'etcdserver: request timed out, possibly due to connection lost'),
  Unhealthy: define('Unavailable', 'etcdserver: unhealthy cluster'),
  Stopped: define('Unavailable', 'etcdserver: server stopped'),
  Corrupt: define('Unavailable', 'etcdserver: corrupt cluster'),
  RootUserNotExist: define('FailedPrecondition', 'etcdserver: root user does not exist'),
  RootRoleNotExist: define('FailedPrecondition', 'etcdserver: root user does not have root role'),
  UserAlreadyExist: define('FailedPrecondition', 'etcdserver: user name already exists'),
  UserEmpty: define('InvalidArgument', 'etcdserver: user name is empty'),
  UserNotFound: define('FailedPrecondition', 'etcdserver: user name not found'),
  RoleAlreadyExist: define('FailedPrecondition', 'etcdserver: role name already exists'),
  RoleNotFound: define('FailedPrecondition', 'etcdserver: role name not found'),
  RoleEmpty: define('InvalidArgument', 'etcdserver: role name is empty'),
  AuthFailed: define('InvalidArgument', 'etcdserver: authentication failed, invalid user ID or password'),
  PermissionDenied: define('PermissionDenied', 'etcdserver: permission denied'),
  RoleNotGranted: define('FailedPrecondition', 'etcdserver: role is not granted to the user'),
  PermissionNotGranted: define('FailedPrecondition', 'etcdserver: permission is not granted to the role'),
  AuthNotEnabled: define('FailedPrecondition', 'etcdserver: authentication is not enabled'),
  InvalidAuthToken: define('Unauthenticated', 'etcdserver: invalid auth token'),
  InvalidAuthMgmt: define('InvalidArgument', 'etcdserver: invalid auth management'),
  InvalidDowngradeTargetVersion: define('InvalidArgument', 'etcdserver: invalid downgrade target version'),
  WrongDowngradeVersionFormat: define('InvalidArgument', 'etcdserver: wrong downgrade target version format'),
  NoInflightDowngrade: define('FailedPrecondition', 'etcdserver: no inflight downgrade job'),
} as const

/**
 * Thrown by a member that cannot answer at this instant (no leader, no quorum, slow disk). The caller waits for
 * `signal` (or until `wakeAt`) and calls `resume`, which returns the result or throws again; at `deadline` the member
 * gives up and `timeout()` is its answer. A caller whose own deadline is earlier simply stops asking.
 */
export class Blocked<T = unknown> extends Stackless {
  constructor(
    readonly signal: Signal,
    /** Virtual ms when the member gives up. */
    readonly deadline: number,
    /** What it then answers. */
    readonly timeout: () => EtcdError,
    /** Asks again; never proposes a second time. */
    readonly resume: () => T,
    /** Virtual ms at which the answer is ready although no signal fires (slow disk). */
    readonly wakeAt?: number,
    /**
     * What was waited for in the middle of a larger call: a proposal, whose result `resume` returns, or leave to read.
     * Without it `resume` returns what the whole call returns.
     */
    readonly part?: 'proposal' | 'read',
  ) {
    super('blocked')
  }
}
