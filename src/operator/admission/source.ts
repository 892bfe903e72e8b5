/** What there is to say of an AuthenticationSource, with and without the objects around it. */

import { namespaceOf } from '../../base/object-id.ts';
import { permits } from '../../compiler/grants.ts';
import type { Issue } from '../../compiler/issues.ts';
import { compileSource, referencedData } from '../../compiler/source.ts';
import type { DataReference, SourceInputs } from '../../compiler/source-kind.ts';
import { compilerOf } from '../../compiler/source-kinds.ts';
import type { ConfigMap, Secret } from '../../resources/object.ts';
import type { AuthenticationSource } from '../../resources/types.gen.ts';
import { few } from '../../status/texts.ts';
import { isAboutData, refuses } from './causes.ts';
import type { Remark } from './decision.ts';
import { usersOf } from './users.ts';
import type { View, ViewAnswer } from './view.ts';

const NO_REVISION = (): string => '';

const inputsOf = (
  data: SourceInputs['data'],
  secretsPermitted: boolean,
  allowInsecureHttp: boolean,
): SourceInputs => ({
  data,
  fetchedKeys: undefined,
  secretsPermitted,
  allowInsecureHttp,
  secretRevision: NO_REVISION,
});

/** What follows from the source alone. */
export function sourceItself(source: AuthenticationSource, allowInsecureHttp: boolean): readonly Issue[] {
  const { issues } = compileSource(source, inputsOf([], true, allowInsecureHttp));
  return issues.filter((issue) => !isAboutData(issue));
}

/** What follows from the Secrets and the ConfigMap that it names; what follows from itself is in it, too. */
export async function sourceData(
  source: AuthenticationSource,
  view: View,
  allowInsecureHttp: boolean,
): Promise<readonly Remark[]> {
  const { namespace } = source.metadata;
  const references = referencedData(source);
  if (references.length === 0) return [];
  const answers = await read(references, namespace, view);
  if (!answers.every(isUsable)) return [notRead(source)];
  const data = answers.map(({ answer }) => (answer.kind === 'found' ? answer.object : undefined));
  const isReadable = answers.every(({ answer }) => answer.kind !== 'forbidden');
  // It is made anew for this review, so that the operator's own compilation of the source stays remembered.
  const { issues } = compileSource(source, inputsOf(data, isReadable, allowInsecureHttp));
  return issues.filter((issue) => !refuses(issue));
}

const notRead = (source: AuthenticationSource): Remark => ({
  reason: 'NotChecked',
  field: compilerOf(source).field,
  message: 'the Secrets and ConfigMaps that it names could not be looked at just now',
  remedy: 'see the condition Accepted in its status',
});

/** A Secret that may not be read has a reason of its own. */
const isUsable = ({ kind, answer }: Asked): boolean =>
  answer.kind !== 'unknown' && (kind === 'Secret' || answer.kind !== 'forbidden');

interface Asked {
  readonly kind: DataReference['kind'];
  readonly answer: ViewAnswer<Secret | ConfigMap>;
}

/** Each once, though several keys may stand in one Secret. */
function read(
  references: readonly DataReference[],
  namespace: string,
  { live }: View,
): Promise<readonly Asked[]> {
  const asked = new Map<string, Promise<ViewAnswer<Secret | ConfigMap>>>();
  return Promise.all(
    references.map(async ({ kind, name }) => {
      const key = `${kind} ${name}`;
      const answer =
        asked.get(key) ??
        (kind === 'Secret' ? live.secret(namespace, name) : live.configMap(namespace, name));
      asked.set(key, answer);
      return { kind, answer: await answer };
    }),
  );
}

/** Bindings that use the source now, and may not when it is as written. */
export function lostGrants(
  before: AuthenticationSource,
  after: AuthenticationSource,
  view: View,
): readonly Remark[] {
  const lost = usersOf(before, view).filter((id) => {
    const namespace = namespaceOf(id);
    return !permits(after, namespace, view.store.get('Namespace', namespace));
  });
  if (lost.length === 0) return [];
  return [
    {
      reason: 'SourceNotPermitted',
      field: 'spec.allowedNamespaces',
      message: `${few(lost, 'ApiBinding', 'ApiBindings')} would no longer be permitted to use it, and refuse its tokens`,
      remedy: 'let allowedNamespaces permit their namespaces, or remove the source from them',
    },
  ];
}
