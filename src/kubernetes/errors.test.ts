import { describe, expect, it } from 'vitest';
import { type ErrorKind, failed, refusedByServer, unreachable } from './errors.ts';

const subject = { what: 'get configmaps shop/a', sensitive: false };

describe('refused', () => {
  it.each<readonly [number, string | undefined, ErrorKind]>([
    [400, undefined, 'Invalid'],
    [401, undefined, 'Unauthorized'],
    [403, 'Forbidden', 'Forbidden'],
    [404, 'NotFound', 'NotFound'],
    [409, 'AlreadyExists', 'AlreadyExists'],
    [409, 'Conflict', 'Conflict'],
    [410, 'Expired', 'Gone'],
    [422, 'Invalid', 'Invalid'],
    [429, 'TooManyRequests', 'TooManyRequests'],
    [500, 'InternalError', 'ServerError'],
    [503, undefined, 'ServerError'],
    [504, 'Timeout', 'Timeout'],
    [302, undefined, 'Unexpected'],
  ])('%i %s is %s', (status, reason, kind) => {
    const body = reason === undefined ? undefined : { kind: 'Status', reason, message: 'the words' };
    const { error } = refusedByServer(subject, status, body);
    expect(error.kind).toBe(kind);
    expect(error.message).toContain(`get configmaps shop/a: ${status} `);
    if (reason !== undefined) expect(error.message).toContain('the words');
  });

  it('asks for a list where the history of the server ends before the resourceVersion', () => {
    const details = {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    };
    expect(refusedByServer(subject, 504, { reason: 'Timeout', details }).error.kind).toBe('Gone');
    expect(refusedByServer(subject, 504, { reason: 'Timeout', details: { causes: [null] } }).error.kind).toBe(
      'Timeout',
    );
  });

  it('repeats nothing that is said about a secret', () => {
    const body = { message: 'cannot parse "hunter2"' };
    expect(refusedByServer({ ...subject, sensitive: true }, 422, body).error.message).toBe(
      'get configmaps shop/a: 422 the API server refuses the content',
    );
  });

  it('says how long to wait, from the header or the body, and believes no absurd time', () => {
    expect(refusedByServer(subject, 429, undefined, '7').error.retryAfter).toBe(7);
    expect(refusedByServer(subject, 500, { details: { retryAfterSeconds: 2 } }).error.retryAfter).toBe(2);
    expect(refusedByServer(subject, 429, undefined, '999999').error.retryAfter).toBe(300);
    expect(
      refusedByServer(subject, 429, undefined, 'Wed, 21 Oct 2026 07:28:00 GMT').error,
    ).not.toHaveProperty('retryAfter');
  });
});

describe('messages', () => {
  it('are one line of bounded length', () => {
    const { message } = failed('Invalid', `a\nb\u2028c\u0000d${'x'.repeat(600)}`).error;
    expect(message).toMatch(/^a b c dx+…$/);
    expect(message).toHaveLength(512);
  });

  it('name the cause of a broken connection, not its text', () => {
    const error = Object.assign(new Error('connect to https://user:password@host'), { code: 'ECONNREFUSED' });
    expect(unreachable(subject, error).error.message).toBe(
      'get configmaps shop/a: the API server cannot be reached (ECONNREFUSED)',
    );
    expect(unreachable(subject, 'x').error.message).toContain('unknown cause');
  });

  it.each(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_DESTROYED', 'ETIMEDOUT'])(
    'tell silence from a refusal: %s',
    (code) => {
      expect(unreachable(subject, Object.assign(new Error('x'), { code })).error.message).toBe(
        `get configmaps shop/a: the API server neither answers nor refuses (${code})`,
      );
    },
  );
});
