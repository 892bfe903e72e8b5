/** kubectl, as the tests use it: as the administrator of the cluster. */

import type { JsonObject, JsonValue } from '../../src/base/json.ts';
import { objectsAt } from '../../src/base/members.ts';
import { type Result, run } from '../../tools/run.ts';
import { type ObjectsReader, startReader } from './objects-reader.ts';

const CORE = '/api/v1';
const OURS = '/apis/portcullis.dev/v1alpha1';

/** Where the API server has what tests look at. */
const PLACES = {
  apibinding: [OURS, 'apibindings'],
  authsource: [OURS, 'authenticationsources'],
  configmap: [CORE, 'configmaps'],
  events: ['/apis/events.k8s.io/v1', 'events'],
  pod: [CORE, 'pods'],
  service: [CORE, 'services'],
} as const;
type Kind = keyof typeof PLACES;

export interface Kubectl {
  readonly program: string;
  readonly kubeconfig: string;
  /** Throws where it fails, with what it said. */
  must(args: readonly string[], stdin?: string): Promise<string>;
  /** A failure is a result. */
  try(args: readonly string[], stdin?: string): Promise<Result>;
  apply(...objects: readonly JsonObject[]): Promise<string>;
  get(kind: Kind, name: string, namespace: string): Promise<JsonObject>;
  list(kind: Kind, namespace: string, selector?: string): Promise<readonly JsonObject[]>;
  /** Throws after so many seconds, with the state of what was waited for. */
  wait(condition: string, what: string, namespace: string, seconds?: number): Promise<void>;
  /** Ends what reads for it. */
  stop(): Promise<void>;
}

export function createKubectl(program: string, kubeconfig: string): Kubectl {
  const attempt = (args: readonly string[], stdin?: string): Promise<Result> =>
    run(program, [`--kubeconfig=${kubeconfig}`, ...args], stdin === undefined ? {} : { stdin });
  const must = async (args: readonly string[], stdin?: string): Promise<string> => {
    const { code, stdout, stderr } = await attempt(args, stdin);
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr.trim()}`);
    return stdout;
  };
  let reader: Promise<ObjectsReader> | undefined;
  const read = async (kind: Kind, namespace: string, rest: string): Promise<JsonObject> => {
    reader ??= startReader(program, [`--kubeconfig=${kubeconfig}`]);
    const [api, plural] = PLACES[kind];
    return (await reader).read(`${api}/namespaces/${namespace}/${plural}${rest}`);
  };
  return {
    program,
    kubeconfig,
    must,
    try: attempt,
    apply: (...objects) => must(['apply', '-f', '-'], listOf(objects)),
    get: (kind, name, namespace) => read(kind, namespace, `/${name}`),
    async list(kind, namespace, selector) {
      const chosen = selector === undefined ? '' : `?labelSelector=${encodeURIComponent(selector)}`;
      return objectsAt((await read(kind, namespace, chosen)).items);
    },
    async wait(condition, what, namespace, seconds = 120) {
      const { code, stderr } = await attempt([
        ...['wait', what, '-n', namespace, `--for=${condition}`, `--timeout=${seconds}s`],
      ]);
      if (code === 0) return;
      const state = await attempt(['describe', what, '-n', namespace]);
      throw new Error(`${what}: ${stderr.trim()}\n${state.stdout}`);
    },
    async stop() {
      await (await reader)?.stop();
    },
  };
}

/** As the text of one List, for `kubectl … -f -`. */
export const listOf = (items: readonly JsonValue[]): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
