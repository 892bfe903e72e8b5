/** Reviews, and what admission knows beside them, as short as a test wants them. */

import type { JsonObject } from '../../base/json.ts';
import type { ObjectChange } from '../../cluster/objects.ts';
import { createStore } from '../../cluster/store.ts';
import { raw } from '../../cluster/testing/objects.ts';
import { judgeAdmission } from '../admission/judge-admission.ts';
import { type Operation, parseReview } from '../admission/review.ts';
import type { Live, View, ViewAnswer } from '../admission/view.ts';

export interface TestView extends View {
  /** What the API server was asked. */
  readonly asked: readonly string[];
}

export interface Around {
  readonly objects?: readonly ObjectChange[];
  /** What the caches hear of only a moment later. */
  readonly late?: readonly ObjectChange[];
  readonly isSynced?: boolean;
  /** What the API server has other than the caches: bindings and namespaces that are gone. */
  readonly gone?: readonly string[];
  /** Whether it answers at all. */
  readonly answers?: boolean;
  /** Namespaces whose Secrets may not be read. */
  readonly unreadable?: readonly string[];
}

export function viewOf({
  objects = [],
  late = [],
  isSynced = true,
  gone = [],
  answers = true,
  unreadable = [],
}: Around): TestView {
  const store = createStore();
  for (const change of objects) store.apply(change);
  const asked: string[] = [];
  const answer = <T>(what: string, object: T | undefined): Promise<ViewAnswer<T>> => {
    asked.push(what);
    if (!answers) return Promise.resolve({ kind: 'unknown' });
    return Promise.resolve(object === undefined ? { kind: 'absent' } : { kind: 'found', object });
  };
  const live: Live = {
    secret: (namespace, name) =>
      unreadable.includes(namespace)
        ? Promise.resolve({ kind: 'forbidden' })
        : answer(`Secret ${name}`, store.get('Secret', `${namespace}/${name}`)),
    configMap: (namespace, name) =>
      answer(`ConfigMap ${name}`, store.get('ConfigMap', `${namespace}/${name}`)),
    async hasBinding(id) {
      asked.push(id);
      return answers ? !gone.includes(id) && store.get('ApiBinding', id) !== undefined : undefined;
    },
    async isTerminating(name) {
      asked.push(name);
      return answers ? gone.includes(name) : undefined;
    },
  };
  return {
    isSynced: () => isSynced,
    store,
    hasRouteApi: () => false,
    live,
    asked,
    pause: () => Promise.resolve(),
    async catchUp() {
      for (const change of late) store.apply(change);
    },
  };
}

export type OwnKind = 'AuthenticationSource' | 'ApiBinding';

export interface ReviewParts {
  readonly kind: OwnKind;
  readonly operation: Operation;
  readonly object?: JsonObject;
  readonly oldObject?: JsonObject;
  /** Members of the request to be replaced. */
  readonly request?: JsonObject;
}

export function review({ kind, operation, object, oldObject, request }: ReviewParts): JsonObject {
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: '705ab4f5-6393-11e8-b7cc-42010a800002',
      kind: { group: 'portcullis.dev', version: 'v1alpha1', kind },
      operation,
      namespace: 'shop',
      userInfo: { username: 'someone' },
      object: object ?? null,
      oldObject: oldObject ?? null,
      dryRun: false,
      ...request,
    },
  };
}

/** Its decision, when allowInsecureHttp is off. */
export function judged(parts: ReviewParts, view: View) {
  const parsed = parseReview(review(parts));
  if (parsed.kind === 'malformed') throw new Error(parsed.problem);
  return judgeAdmission(parsed.request, view, { allowInsecureHttp: false });
}

export const own = (kind: OwnKind, id: string, spec: JsonObject, metadata: JsonObject = {}): JsonObject => ({
  apiVersion: 'portcullis.dev/v1alpha1',
  kind,
  ...raw(id, { spec }, metadata),
});
