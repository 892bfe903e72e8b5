/** kubectl, as the tests use it: as the administrator of the cluster. */

import type { JsonObject, JsonValue } from '../../src/base/json.ts';
import { type Result, run } from '../../tools/run.ts';

export interface Kubectl {
  readonly program: string;
  readonly kubeconfig: string;
  /** Throws where it fails, with what it said. */
  must(args: readonly string[], stdin?: string): Promise<string>;
  /** A failure is a result. */
  try(args: readonly string[], stdin?: string): Promise<Result>;
  apply(...objects: readonly JsonObject[]): Promise<string>;
  get(kind: string, name: string, namespace?: string): Promise<JsonObject>;
  list(kind: string, namespace: string, selector?: string): Promise<readonly JsonObject[]>;
  /** Throws after so many seconds, with the state of what was waited for. */
  wait(condition: string, what: string, namespace: string, seconds?: number): Promise<void>;
}

export function createKubectl(program: string, kubeconfig: string): Kubectl {
  const attempt = (args: readonly string[], stdin?: string): Promise<Result> =>
    run(program, [`--kubeconfig=${kubeconfig}`, ...args], stdin === undefined ? {} : { stdin });
  const must = async (args: readonly string[], stdin?: string): Promise<string> => {
    const { code, stdout, stderr } = await attempt(args, stdin);
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr.trim()}`);
    return stdout;
  };
  return {
    program,
    kubeconfig,
    must,
    try: attempt,
    apply: (...objects) => must(['apply', '-f', '-'], listOf(objects)),
    async get(kind, name, namespace = 'default') {
      return JSON.parse(await must(['get', kind, name, '-n', namespace, '-o', 'json']));
    },
    async list(kind, namespace, selector) {
      const chosen = selector === undefined ? [] : ['-l', selector];
      const { items } = JSON.parse(await must(['get', kind, '-n', namespace, ...chosen, '-o', 'json']));
      return items;
    },
    async wait(condition, what, namespace, seconds = 120) {
      const { code, stderr } = await attempt([
        ...['wait', what, '-n', namespace, `--for=${condition}`, `--timeout=${seconds}s`],
      ]);
      if (code === 0) return;
      const state = await attempt(['describe', what, '-n', namespace]);
      throw new Error(`${what}: ${stderr.trim()}\n${state.stdout}`);
    },
  };
}

/** As the text of one List, for `kubectl … -f -`. */
export const listOf = (items: readonly JsonValue[]): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
