import fc from 'fast-check'

/** Command lines as people mistype them, and worse: pieces of each little language, joined at random. */

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`
const pieces = (words: readonly string[], max: number, glue = ''): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: max }).map((list) => list.join(glue))
const options = (words: readonly string[], max: number): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...words), { maxLength: max }).map((list) => list.join(' '))
/** A template for command lines: `${}` takes words and arbitraries. */
const line = (texts: TemplateStringsArray, ...parts: fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc.tuple(...parts).map((values) => texts.reduce((all, text, i) => `${all}${text}${values[i] ?? ''}`, ''))
const quote = (arbitrary: fc.Arbitrary<string>): fc.Arbitrary<string> => arbitrary.map(quoted)
const words = (text: string): string[] => text.trim().split(/\s+/)

const SELECTOR = [...words('a app web = == != ! , in notin ( ) x-y a/b . - A _ > < 1 k8s-app=kube-dns tier !k'), ' ']
const FIELDS = words('metadata.name status.phase spec.nodeName = == != Running node01 , x metadata.namespace ! (')
const JSONPATH = [
  ...words(
    '.items .items[*] [0] [-1] [1:2] [::2] .metadata .name .metadata.name ..name .spec { } {end} {range} @ $ " .',
  ),
  ...words(
    ".. [ ] [a] [0: * [*] .nosuch text ['a','b'] .metadata.labels.k8s-app .metadata.labels.k8s\\.app {.items[*]",
  ),
  ...words('?(@.kind=="Pod") [?(@.metadata.name=="node01")] {.metadata.name} {"\\n"} .status.phase .items[0,1]'),
  '{range .items[*]}',
]
const TEMPLATE = [
  ...['{{.metadata.name}}', '{{range .items}}', '{{end}}', '{{.}}', '{{if .kind}}', '{{else}}', '{{len .items}}', 'x'],
  ...['{{index .items 0}}', '{{printf "%s" .kind}}', '{{ .kind | printf "%q" }}', '{{with .x}}', '{{nosuch}}', '{{'],
  ...['}}', '{{.items.metadata}}', '{{/* c */}}', '{{- .kind -}}', '{{eq .kind "List"}}', '{{.kind.x}}', '{{1}}'],
  ...['{{nil}}', '{{not .kind}}', '{{slice .kind 1 2}}', '{{exists . "kind"}}', '{{base64decode "YQ=="}}', '{{"a"}}'],
]
const COLUMNS = words(
  'NAME:.metadata.name A:.spec.nodeName B:{.kind} C:.x D E: F:.items[0] H:.spec.containers[*].image :x J:[',
)
const QUANTITY = words('0 1 5 . m k Ki Mi G e E - + 1e3 100m 64Mi x n u 1.5')
const KINDS = [
  ...words('pods nodes svc deploy cm ns nosuch pod/x deploy/coredns po,svc all sa no/node01 deployments.apps x.y.z'),
  ...['nodes node01', 'deployments.v1.apps', 'pods.v1'],
]
const GET = [
  ...words('-A -o --no-headers --show-labels --selector -z --nosuch -R -n= --show-kind --show-managed-fields'),
  ...words(
    '--output=xml --limit=1 --chunk-size=1 --chunk-size=x --field-selector=x=y --ignore-not-found=maybe -oyaml=x',
  ),
  ...words('--request-timeout=x --as=bob --v=x --raw=/x --template={{.}} --server-print=false --sort-by=.x'),
  ...['-n kube-system', '-o wide', '-o name', '-l k8s-app=kube-dns', '-L app', '-f nosuch.yaml', '-f cm.yaml', '-k .'],
]
const CREATE = [
  ...['cm', 'secret generic', 'sa', 'ns', 'deploy', 'job', 'cronjob', 'svc clusterip', 'svc nodeport', 'quota', 'role'],
  ...['rolebinding', 'pdb', 'ingress', 'token', 'priorityclass', 'secret tls', 'secret docker-registry', 'clusterrole'],
]
const CREATE_FLAGS = [
  ...words('--image=nginx --from-literal=a=b --from-literal=a --tcp=80 --tcp=80:x --verb=get --resource=pods --role=r'),
  ...words('--resource=nosuch --serviceaccount=a --serviceaccount=a:b --hard=cpu=1 --hard=x --selector=a=b'),
  ...words('--min-available=1 --rule=a/b=c:80 --rule=x --value=5 --replicas=2 --port=80 --from-file=nosuch --type=t'),
  ...['--schedule="* * * * *"', '--schedule=x', '-- ls', '-o yaml'],
]
const RUN = [
  ...words('--image=nginx --restart=Never --restart=x --port=80 --port=x --env=A=b --env=A --labels=a=b --labels=a'),
  ...words('--command --expose --rm -i --overrides={} --overrides=x --image-pull-policy=x --annotations=a=b'),
  ...['-- sleep 1', '-o yaml'],
]
const EXPOSE = words(
  '--port=80 --port=x --target-port=http --type=NodePort --type=x --name=e --name=E --protocol=x --cluster-ip=None -l=a=b',
)
const DELETE = [
  ...words('cm nosuch pod x --all --force --grace-period=x --grace-period=0 --now --wait=x --cascade=x cm/x'),
  ...['-l a=b', '--ignore-not-found', '-f empty.yaml', '-o name', '--field-selector=a=b'],
]
const LOGS = [
  ...words('nosuch deploy/web --tail=x --tail=0 --since=1x --since=1h --since-time=x -p --prefix --all-containers'),
  ...['-n kube-system', 'deploy/coredns', '-l k8s-app=kube-dns', '-c x'],
]

const target = fc.constantFrom('nodes', 'svc kubernetes', 'node node01')
const jsonpath = fc
  .tuple(pieces(JSONPATH, 4), fc.constantFrom('#', '{#}', '{.items[*]#}', '{range .items[*]}{#}{"\\n"}{end}'))
  .map(([path, frame]) => frame.replace('#', () => path))

export const wrongInput: fc.Arbitrary<string> = fc.oneof(
  line`kubectl get pods -A -o name -l ${quote(pieces(SELECTOR, 5))}`,
  line`kubectl get pods -A -o name --field-selector ${quote(pieces(FIELDS, 4))}`,
  line`kubectl get ${target} -o jsonpath=${quote(jsonpath)}`,
  line`kubectl get nodes -o name --sort-by=${quote(jsonpath)}`,
  line`kubectl get ${target} -o go-template=${quote(pieces(TEMPLATE, 5))}`,
  line`kubectl get ${target} -o custom-columns=${quote(pieces(COLUMNS, 3, ','))}`,
  line`kubectl get ${fc.constantFrom(...KINDS)} ${options(GET, 3)}`,
  line`kubectl create quota q --dry-run=client -o name --hard=cpu=${quote(pieces(QUANTITY, 3))}`,
  line`kubectl label cm conf --dry-run=client ${quote(pieces(SELECTOR, 3))}`,
  line`kubectl annotate cm conf --dry-run=client ${quote(pieces(SELECTOR, 3))}`,
  line`kubectl taint nodes node02 --dry-run=client ${quote(pieces(words('a = b : NoSchedule x/y'), 5))}`,
  line`kubectl create ${fc.constantFrom(...CREATE)} ${fc.constantFrom('x', '', 'X', 'x y', 'a_b')} --dry-run=client ${options(CREATE_FLAGS, 4)}`,
  line`kubectl run ${fc.constantFrom('p', 'P', 'p q', '')} --dry-run=client ${options(RUN, 4)}`,
  line`kubectl expose ${fc.constantFrom('deploy web', 'pod nosuch', 'deploy', 'svc kubernetes', 'cm conf')} --dry-run=client -o yaml ${options(EXPOSE, 3)}`,
  line`kubectl delete --dry-run=client ${options(DELETE, 4)}`,
  line`kubectl logs --limit-bytes=1 ${options(LOGS, 4)}`,
)
