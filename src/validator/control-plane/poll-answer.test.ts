import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finishSteps } from '../../base/steps.ts';
import { serializeEnvelope } from '../../policy/envelope.ts';
import { FORMAT_FIELD, KEYS_CHECKED_FIELD, MAX_ENVELOPE_BYTES } from '../../policy/exchange.ts';
import { fieldsOf, policyOf } from '../testing/policies.ts';
import { type BodyAwaited, judgeBody, judgeHead, type SentReport } from './poll-answer.ts';

const judged = (head: BodyAwaited, body: string | undefined) => finishSteps(judgeBody(head, body));

const POLICY = policyOf('a');
const { version } = POLICY;
const NOTHING: SentReport = { version: undefined, rejected: undefined };
const OURS: SentReport = { version, rejected: undefined };
const REJECTED: SentReport = { version, rejected: { version: 'newer', reason: 'why' } };
const FIELDS = fieldsOf(POLICY, { 'uid-okta': 7 });

const without = (name: string) => Object.fromEntries(Object.entries(FIELDS).filter(([key]) => key !== name));

function awaited(head: ReturnType<typeof judgeHead>): BodyAwaited {
  if (head.kind !== 'body') throw new Error(`no body awaited: ${head.kind}`);
  return head;
}

describe('a policy', () => {
  const head = awaited(judgeHead({ status: 200, headers: FIELDS }, NOTHING));

  it('is taken with its secrets and times', () => {
    const secrets = new Map([['s', new Uint8Array([1, 2])]]);
    expect(judged(head, serializeEnvelope(POLICY, secrets))).toEqual({
      kind: 'policy',
      policy: POLICY,
      secrets,
      closes: false,
      keysChecked: new Map([['uid-okta', 7]]),
    });
  });

  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['another format', { ...FIELDS, [FORMAT_FIELD]: '2' }, 'its format is not 1'],
    ['no format', without(FORMAT_FIELD), 'its format is not 1'],
    ['a compressed body', { ...FIELDS, 'content-encoding': 'gzip' }, 'compressed'],
    ['too large a body', { ...FIELDS, 'content-length': String(MAX_ENVELOPE_BYTES + 1) }, '64 MiB'],
  ])('of %s is rejected unread', (_, headers, reason) => {
    expect(judgeHead({ status: 200, headers }, NOTHING)).toEqual({
      kind: 'rejected',
      rejection: { version, reason: expect.stringContaining(reason) },
    });
  });

  it.each<[string, string | undefined, string]>([
    ['that never ends', undefined, '64 MiB'],
    ['that is cut', serializeEnvelope(POLICY, new Map()).slice(0, -20), 'not JSON'],
    ['that is empty', '', 'not JSON'],
    ['of another policy', serializeEnvelope(policyOf('b'), new Map()), 'is not its own'],
    ['of the policy alone', JSON.stringify(POLICY), 'cannot be read'],
  ])('with a body %s is rejected', (_, body, reason) => {
    expect(judged(head, body)).toEqual({
      kind: 'rejected',
      rejection: { version, reason: expect.stringContaining(reason) },
    });
  });

  it.each(['', 'x', 'W/"a"', '"a b"', '*'])(
    'with the ETag %j has no version that could be rejected',
    (etag) => {
      expect(judgeHead({ status: 200, headers: { ...FIELDS, etag } }, NOTHING)).toMatchObject({
        kind: 'problem',
        topic: 'no version',
      });
    },
  );
});

describe('nothing new', () => {
  it.each<[string, SentReport, Readonly<Record<string, string>>, string]>([
    ['of ours', OURS, FIELDS, 'confirmed'],
    ['without a version', OURS, without('etag'), 'confirmed'],
    ['of ours while another is rejected: it counts again', REJECTED, FIELDS, 'confirmed'],
    ['of the one that is rejected', REJECTED, { ...FIELDS, etag: '"newer"' }, 'unconfirmed'],
    ['without a version while one is rejected', REJECTED, without('etag'), 'unconfirmed'],
    ['of a third one', REJECTED, { ...FIELDS, etag: '"third"' }, 'problem'],
    ['of another one', OURS, { ...FIELDS, etag: '"other"' }, 'problem'],
    ['of a weak one', OURS, { ...FIELDS, etag: `W/"${version}"` }, 'problem'],
    ['when nothing was asked for', NOTHING, without('etag'), 'problem'],
    ['in another format', OURS, { ...FIELDS, [FORMAT_FIELD]: '2' }, 'problem'],
    ['without a format', OURS, without(FORMAT_FIELD), 'problem'],
  ])('%s', (_, asked, headers, kind) => {
    expect(judgeHead({ status: 304, headers }, asked).kind).toBe(kind);
  });

  it('says when keys were checked, and whether the connection goes on', () => {
    const headers = { ...FIELDS, [KEYS_CHECKED_FIELD]: 'a=1,b=2', connection: 'Close' };
    expect(judgeHead({ status: 304, headers }, OURS)).toEqual({
      kind: 'confirmed',
      keysChecked: new Map([
        ['a', 1],
        ['b', 2],
      ]),
      closes: true,
    });
  });
});

it.each([
  [401, 'token refused', 'audience portcullis'],
  [403, 'token refused', 'audience portcullis'],
  [404, 'pod unknown', 'does not know this pod'],
  [421, 'no leader', 'no leader'],
  [503, 'no leader', 'no leader'],
  [301, 'status 301', 'status 301'],
  [204, 'status 204', 'status 204'],
  [206, 'status 206', 'status 206'],
  [500, 'status 500', 'status 500'],
])('status %d is a problem of its own', (status, topic, message) => {
  const answer = judgeHead({ status, headers: { ...FIELDS, location: 'https://evil.example' } }, OURS);
  expect(answer).toMatchObject({ kind: 'problem', topic, message: expect.stringContaining(message) });
});

it.each([
  ['7', 7],
  ['0', 0],
  ['999999999', 3600],
  ['1e3', undefined],
  ['-1', undefined],
  ['Wed, 21 Oct 2026 07:28:00 GMT', undefined],
  ['', undefined],
])('Retry-After: %j is %j s', (field, retryAfter) => {
  const headers = { 'retry-after': field };
  expect(judgeHead({ status: 503, headers }, OURS)).toMatchObject({ retryAfter });
});

it('whatever comes: nothing is thrown, and only our own policy is confirmed', () => {
  const field = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('1', `"${version}"`, '"newer"', 'close'),
  );
  const headers = fc.record(
    {
      etag: field,
      connection: field,
      'retry-after': field,
      'content-length': field,
      [FORMAT_FIELD]: field,
      [KEYS_CHECKED_FIELD]: field,
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(
      fc.constantFrom(200, 304, 401, 503, 0, 999),
      headers,
      fc.constantFrom(NOTHING, OURS, REJECTED),
      fc.string({ unit: 'binary' }),
      (status, fields, asked, body) => {
        const head = judgeHead({ status, headers: fields }, asked);
        if (head.kind === 'body') expect(judged(head, body).kind).toBe('rejected');
        if (head.kind === 'confirmed') {
          expect([`"${asked.version}"`, undefined]).toContain(fields.etag);
          expect(fields[FORMAT_FIELD]).toBe('1');
        }
      },
    ),
  );
});
