const GROUP = 'rbac.authorization.k8s.io'

/** Defaults of role references and subjects. */
export function defaultBinding(obj: any): void {
  if (obj.roleRef) obj.roleRef.apiGroup ||= GROUP
  for (const subject of obj.subjects ?? []) {
    if (subject.kind === 'User' || subject.kind === 'Group') subject.apiGroup ||= GROUP
  }
}
