/** The least that the operator's account may do (docs/install.md): every test of the process runs with no more. */

export const HOME = 'portcullis-system';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

const rule = (
  apiGroup: string,
  resources: readonly string[],
  verbs: readonly string[],
  resourceNames?: readonly string[],
): Rule => ({ apiGroups: [apiGroup], resources, verbs, ...(resourceNames && { resourceNames }) });

const FOLLOW = ['list', 'watch'];

/** Wherever it follows objects: in the cluster, or in each namespace of --watch-namespaces. */
const followed: readonly Rule[] = [
  rule('portcullis.dev', ['authenticationsources', 'apibindings'], FOLLOW),
  rule('portcullis.dev', ['apibindings'], ['get']),
  rule('portcullis.dev', ['authenticationsources/status', 'apibindings/status'], ['patch']),
  rule('', ['pods', 'services'], FOLLOW),
  rule('apps', ['deployments', 'statefulsets', 'daemonsets'], FOLLOW),
  rule('gateway.networking.k8s.io', ['httproutes', 'grpcroutes', 'gateways'], FOLLOW),
  // CA bundles that sources name.
  rule('', ['configmaps'], ['get', ...FOLLOW]),
  // What validators trust.
  rule('', ['configmaps'], ['create', 'patch', 'delete', ...FOLLOW], ['portcullis-ca']),
  rule('events.k8s.io', ['events'], ['create', 'patch']),
];

/** Whether one of them is terminating. */
const terminating = (namespace: string): Rule => rule('', ['namespaces'], ['get'], [namespace]);

/** Of the cluster: a TokenReview has no namespace. */
const reviews = rule('authentication.k8s.io', ['tokenreviews'], ['create']);

const cluster: readonly Rule[] = [
  ...followed,
  reviews,
  rule('', ['namespaces'], ['get', ...FOLLOW]),
  rule('', ['nodes'], FOLLOW),
  rule(
    'admissionregistration.k8s.io',
    ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'],
    ['get', 'patch'],
    ['portcullis'],
  ),
];

/** In the control plane's own namespace. */
const home: readonly Rule[] = [
  rule('', ['secrets'], ['create']),
  rule('', ['secrets'], ['get', 'update', 'delete'], ['portcullis-ca', 'portcullis-tls']),
  rule('', ['secrets'], FOLLOW, ['portcullis-tls']),
  // Providers' public keys: portcullis-keys-<uid of the source>.
  rule('', ['configmaps'], ['list', 'create', 'patch', 'delete']),
  rule('', ['configmaps'], ['watch'], ['portcullis-ca']),
  rule('coordination.k8s.io', ['leases'], ['create']),
  rule('coordination.k8s.io', ['leases'], ['get', 'update'], ['portcullis-operator']),
  rule('discovery.k8s.io', ['endpointslices'], ['create', 'patch', ...FOLLOW], ['portcullis-policy']),
];

/** In each namespace whose Secrets sources may name. */
const secrets: readonly Rule[] = [rule('', ['secrets'], ['get', ...FOLLOW])];

const GROUP = 'rbac.authorization.k8s.io';
const API = { apiVersion: `${GROUP}/v1` };
const SUBJECTS = [{ kind: 'ServiceAccount', name: 'operator', namespace: HOME }];

function granted(name: string, rules: readonly Rule[], namespace?: string): readonly object[] {
  const kind = namespace === undefined ? 'ClusterRole' : 'Role';
  const metadata = { name, ...(namespace !== undefined && { namespace }) };
  const roleRef = { apiGroup: GROUP, kind, name };
  return [
    { ...API, kind, metadata, rules },
    { ...API, kind: `${kind}Binding`, metadata, subjects: SUBJECTS, roleRef },
  ];
}

export interface Rights {
  /** Whose Secrets may be read. */
  readonly secretsIn: readonly string[];
  /** Namespaced mode: nothing of the cluster but TokenReviews. */
  readonly watched?: readonly string[];
}

/** The account and what it may do. Namespaces must be there. */
export function accountWith({ secretsIn, watched }: Rights): readonly object[] {
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'operator', namespace: HOME } },
    ...granted('portcullis-home', home, HOME),
    ...secretsIn.flatMap((namespace) => granted('portcullis-secrets', secrets, namespace)),
    ...(watched === undefined
      ? granted('portcullis', cluster)
      : [
          ...granted('portcullis-reviews', [reviews]),
          ...watched.flatMap((namespace) =>
            granted('portcullis', [...followed, terminating(namespace)], namespace),
          ),
        ]),
  ];
}
