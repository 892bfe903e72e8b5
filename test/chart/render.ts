/** The chart as the real helm renders it: objects, or what helm says against it. */
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/base/json.ts';
import { type Result, run } from '../../tools/run.ts';
import { helmProgram } from './programs.ts';

export const CHART = fileURLToPath(new URL('../../helm/portcullis', import.meta.url));
export const HOME = 'portcullis-system';

/** Helm that sees nothing of the user's own. A failure is a result, not an exception. */
export async function helm(args: readonly string[], stdin?: string, kubeconfig?: string): Promise<Result> {
  const program = await helmProgram();
  const env = { KUBECONFIG: kubeconfig ?? '/dev/null', HELM_DRIVER: 'secret' };
  return run(program, args, { env, ...(stdin !== undefined && { stdin }) });
}

export interface Rendered {
  readonly text: string;
  readonly objects: readonly JsonObject[];
  /** Throws unless there is exactly one. `Kind name` or `Kind namespace/name`. */
  one(id: string): JsonObject;
  /** As `one` takes them, in order. */
  readonly ids: readonly string[];
}

/** Release `portcullis` in `portcullis-system`. */
export async function render(values: JsonObject = {}): Promise<Rendered> {
  const { code, stdout, stderr } = await template(values);
  if (code !== 0) throw new Error(stderr);
  const objects = parseAllDocuments(stdout).flatMap((document): readonly JsonObject[] => {
    if (document.errors.length > 0) throw document.errors[0] ?? new Error('no YAML');
    const value: JsonValue = document.toJS();
    return isJsonObject(value) ? [value] : [];
  });
  const ids = objects.map(idOf);
  return {
    text: stdout,
    objects,
    ids: ids.toSorted(),
    one(id) {
      const [found, ...more] = objects.filter((_, index) => ids[index] === id);
      if (found === undefined || more.length > 0) throw new Error(`${more.length} more of ${id}: ${ids}`);
      return found;
    },
  };
}

export function template(values: JsonObject): Promise<Result> {
  const args = ['template', 'portcullis', CHART, '--namespace', HOME, '--values', '-'];
  return helm(args, JSON.stringify(values));
}

export const idOf = ({ kind, metadata }: JsonObject): string => {
  const { namespace, name } = isJsonObject(metadata) ? metadata : {};
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
};

/** What stands at `a.b.0.c`; undefined where nothing does. */
export function at(value: JsonValue | undefined, path: string): JsonValue | undefined {
  let found = value;
  for (const step of path.split('.')) {
    if (Array.isArray(found)) found = (found as readonly JsonValue[])[Number(step)];
    else found = isJsonObject(found) ? found[step] : undefined;
  }
  return found;
}
