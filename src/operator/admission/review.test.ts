import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../base/json.ts';
import { objectAt } from '../../base/members.ts';
import { own, review, viewOf } from '../testing/admission.ts';
import { ALLOWED, decide, refuse } from './decision.ts';
import { judgeAdmission } from './judge-admission.ts';
import { answerReview, parseReview } from './review.ts';

const OBJECT = own('ApiBinding', 'shop/orders', {});
const GOOD = review({ kind: 'ApiBinding', operation: 'CREATE', object: OBJECT });
const withRequest = (request: JsonObject): JsonObject =>
  review({ kind: 'ApiBinding', operation: 'CREATE', object: OBJECT, request });

describe('a review', () => {
  it('is read', () => {
    expect(parseReview(GOOD)).toMatchObject({
      kind: 'request',
      request: {
        operation: 'CREATE',
        kind: 'ApiBinding',
        namespace: 'shop',
        user: 'someone',
        dryRun: false,
        object: OBJECT,
      },
    });
    expect(parseReview(withRequest({ dryRun: true }))).toMatchObject({ request: { dryRun: true } });
  });

  it.each([
    ['no object', null, 'the body must be a JSON object'],
    ['a list', [], 'the body must be a JSON object'],
    ['another version', { ...GOOD, apiVersion: 'admission.k8s.io/v1beta1' }, 'apiVersion must be'],
    ['another kind', { ...GOOD, kind: 'TokenReview' }, 'apiVersion must be'],
    ['no request', { ...GOOD, request: null }, 'request must be an object'],
    ['no uid', withRequest({ uid: '' }), 'request.uid'],
    ['a uid without end', withRequest({ uid: 'u'.repeat(129) }), 'request.uid'],
    ['a uid that is a number', withRequest({ uid: 7 }), 'request.uid'],
    ['an unknown operation', withRequest({ operation: 'PATCH' }), 'request.operation'],
    ['no kind', withRequest({ kind: 'ApiBinding' }), 'request.kind must be an object'],
    ['half a kind', withRequest({ kind: { group: 'portcullis.dev' } }), 'request.kind must hold'],
    ['a namespace that is none', withRequest({ namespace: {} }), 'request.namespace'],
    ['a subresource that is none', withRequest({ subResource: 1 }), 'request.subResource'],
    ['a creation of nothing', withRequest({ object: null }), 'request.object must be an object on CREATE'],
    [
      'an update of nothing',
      withRequest({ operation: 'UPDATE' }),
      'request.oldObject must be an object on UPDATE',
    ],
    [
      'a deletion of nothing',
      withRequest({ operation: 'DELETE' }),
      'request.oldObject must be an object on DELETE',
    ],
  ])('that is malformed says so: %s', (_, value, problem) => {
    const parsed = parseReview(value);
    expect(parsed).toMatchObject({ kind: 'malformed', problem: expect.stringContaining(problem) });
    expect(JSON.stringify(parsed)).not.toContain('\\n');
  });

  it('never makes the reader or the judge throw', async () => {
    const kind = fc.constantFrom('AuthenticationSource', 'ApiBinding');
    const operation = fc.constantFrom('CREATE', 'UPDATE', 'DELETE', 'CONNECT');
    const json = fc.jsonValue() as fc.Arbitrary<JsonObject>;
    const object = fc.record({ apiVersion: json, kind: json, metadata: json, spec: json });
    const likely = fc.record({
      metadata: fc.record({ name: fc.constant('x'), namespace: fc.constant('shop'), annotations: json }),
      spec: fc.record({ jwt: json, sources: json, targetRefs: json, rules: json }),
    });
    const either = fc.oneof(object, likely) as fc.Arbitrary<JsonObject>;
    const view = viewOf({});
    await fc.assert(
      fc.asyncProperty(kind, operation, either, either, fc.option(json), async (name, verb, a, b, noise) => {
        parseReview(noise);
        const value = review({
          kind: name as 'ApiBinding',
          operation: verb as 'CREATE',
          object: a,
          oldObject: b,
          ...(noise !== null && { request: { namespace: noise } }),
        });
        const parsed = parseReview(value);
        if (parsed.kind === 'malformed') return;
        const decision = await judgeAdmission(parsed.request, view, { allowInsecureHttp: false });
        expect(answerReview('u', decision)).toMatchObject({ response: { uid: 'u' } });
      }),
    );
  });
});

describe('its answer', () => {
  const about = { group: 'portcullis.dev', kind: 'ApiBinding', name: 'orders' };
  const remark = { reason: 'InvalidPath', field: 'spec.rules[0]', message: 'it is wrong', remedy: 'mend it' };

  it('is short where all is well', () => {
    expect(answerReview('u', ALLOWED)).toEqual({
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      response: { uid: 'u', allowed: true },
    });
  });

  it('carries a patch, and none that changes nothing', () => {
    const operation = { op: 'remove', path: '/spec' } as const;
    const answer = answerReview('u', { kind: 'allowed', warnings: [], patch: [operation] });
    const { patch, patchType } = objectAt(answer.response);
    expect(patchType).toBe('JSONPatch');
    expect(JSON.parse(Buffer.from(String(patch), 'base64').toString())).toEqual([operation]);
    expect(answerReview('u', { kind: 'allowed', warnings: [], patch: [] })).toEqual(
      answerReview('u', ALLOWED),
    );
  });

  it('carries warnings', () => {
    expect(answerReview('u', decide(about, [], [remark]))).toMatchObject({
      response: { allowed: true, warnings: ['spec.rules[0]: it is wrong; mend it (InvalidPath)'] },
    });
  });

  it('names causes as the API server does', () => {
    const decision = decide(about, [remark], [remark]);
    expect(answerReview('u', decision)).toMatchObject({
      response: {
        uid: 'u',
        allowed: false,
        status: {
          status: 'Failure',
          code: 422,
          reason: 'Invalid',
          message: 'spec.rules[0]: it is wrong; mend it (InvalidPath)',
          details: {
            ...about,
            causes: [
              {
                reason: 'FieldValueInvalid',
                field: 'spec.rules[0]',
                message: 'it is wrong; mend it (InvalidPath)',
              },
            ],
          },
        },
        warnings: ['spec.rules[0]: it is wrong; mend it (InvalidPath)'],
      },
    });
  });

  it('needs no subject', () => {
    expect(answerReview('u', refuse('InternalError', 'a fault'))).toMatchObject({
      response: { allowed: false, status: { code: 500, reason: 'InternalError', message: 'a fault' } },
    });
  });
});
