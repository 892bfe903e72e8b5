import { expect, it } from 'vitest';
import { own, review } from '../testing/admission.ts';
import { type AdmissionDecision, ALLOWED } from './decision.ts';
import { within } from './namespaces.ts';
import { parseReview } from './review.ts';

async function ask(
  namespace: string,
  watched?: readonly string[],
  of = namespace,
): Promise<AdmissionDecision['kind']> {
  const object = own('AuthenticationSource', `${of}/idp`, { jwt: {} });
  const raw = review({ kind: 'AuthenticationSource', operation: 'CREATE', object });
  const parsed = parseReview(raw);
  if (parsed.kind === 'malformed') throw new Error(parsed.problem);
  const judge = within({ namespaces: ['kube-system'], watched }, async () => ALLOWED);
  return (await judge({ ...parsed.request, namespace })).kind;
}

it.each<[string, readonly string[] | undefined, AdmissionDecision['kind']]>([
  ['shop', undefined, 'allowed'],
  ['kube-system', undefined, 'refused'],
  ['shop', ['shop'], 'allowed'],
  ['other', ['shop'], 'refused'],
  ['kube-system', ['kube-system'], 'refused'],
])('answers for namespaces that the configurations ask about: %s of %j', async (namespace, watched, kind) => {
  expect(await ask(namespace, watched)).toBe(kind);
});

it('refuses an object of another namespace than the one that the request names', async () => {
  expect(await ask('shop', undefined, 'kube-system')).toBe('refused');
});
