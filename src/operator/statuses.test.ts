import { beforeEach, describe, expect, it } from 'vitest';
import { publicJwk } from '../../test/support/tokens.ts';
import { isJsonObject, type JsonObject } from '../base/json.ts';
import { objectsAt } from '../base/members.ts';
import { type FakeClock, fakeClock } from '../base/testing/clock.ts';
import { binding, fetched, gone, source } from '../cluster/testing/objects.ts';
import type { IssuerState } from '../issuers/issuer.ts';
import type { Draft } from '../kubernetes/client.ts';
import { failed, ok } from '../kubernetes/errors.ts';
import type { EventInput } from '../kubernetes/events.ts';
import { createPolicies, type PlanningChange, type Policies } from '../planning/policies.ts';
import { createStatusRecord } from './status-record.ts';
import { createStatuses, type Statuses } from './statuses.ts';
import { NOTHING_OBSERVED } from './testing/observed.ts';

const INLINE: JsonObject = { keys: { jwks: { keys: [publicJwk('ES256', 'a') as unknown as JsonObject] } } };
const LOGIN = source('shop/okta', INLINE);
const API = binding('shop/api');

let clock: FakeClock;
let policies: Policies;
let statuses: Statuses;
/** `name Ready's reason` of each write. */
let written: string[];
/** `type name reason`. */
let events: string[];
let looked: string[];
let problems: string[];
let issuers: Map<string, IssuerState>;
let leads: boolean;
let isBusy: boolean;
let awaited: boolean;

const readyOf = (status: unknown): JsonObject | undefined =>
  objectsAt(isJsonObject(status) ? status.conditions : undefined).find(({ type }) => type === 'Ready');

beforeEach(() => {
  clock = fakeClock();
  policies = createPolicies({ allowInsecureHttp: false });
  [written, events, looked, problems, issuers] = [[], [], [], [], new Map()];
  [leads, isBusy, awaited] = [true, false, false];
  begin();
  return () => statuses.stop();
});

function begin(): void {
  statuses = createStatuses({
    client: {
      async apply(_, draft: Draft) {
        if (isBusy) return failed('ServerError', 'busy');
        const { status = {}, metadata } = draft;
        written.push(`${metadata.name} ${readyOf(status)?.reason}`);
        const resourceVersion = String(100 + written.length);
        return ok({ metadata: { ...metadata, uid: 'u', resourceVersion }, status });
      },
    },
    clock,
    random: () => 0,
    policies,
    mayWrite: () => leads,
    isAwaited: () => awaited,
    events: {
      record: ({ type, regarding, reason }: EventInput) => events.push(`${type} ${regarding.name} ${reason}`),
    },
    issuer: (uid) => issuers.get(uid),
    observed: NOTHING_OBSERVED,
    record: createStatusRecord({ clock, log: { info: () => {} } }),
    onReconciled: (kind, result) => looked.push(`${kind} ${result}`),
    onProblem: (kind, id, problem) => problems.push(`${kind} ${id} ${problem}`),
    onBug: (error) => {
      throw error;
    },
  });
}

const put = (...changes: readonly PlanningChange[]) => void policies.apply(changes);
describe('a status', () => {
  it('of a source is written soon, of a binding when validators had time to have it', async () => {
    put(LOGIN, API);
    statuses.sources(['shop/okta']);
    statuses.bindings(['shop/api']);
    await clock.advance(199);
    expect(written).toEqual([]);
    await clock.advance(1);
    expect(written).toEqual(['okta Ready']);
    await clock.advance(999);
    expect(written).toHaveLength(1);
    await clock.advance(1);
    expect(written).toEqual(['okta Ready', 'api TargetNotFound']);
  });

  it('of a binding whose last validator has polled is written soon, once for all that comes until then', async () => {
    put(LOGIN, API);
    awaited = true;
    statuses.bindings(['shop/api']);
    awaited = false;
    statuses.bindings(['shop/api']);
    statuses.bindings(['shop/api']);
    await clock.advance(200);
    expect([written, looked]).toEqual([['api TargetNotFound'], ['ApiBinding done']]);
    await clock.advance(10_000);
    expect(looked).toHaveLength(1);
  });

  it('is not written by one who leads no more', async () => {
    put(LOGIN, API);
    statuses.bindings(['shop/api']);
    leads = false;
    await clock.advance(10_000);
    expect([written, events]).toEqual([[], []]);
  });

  it('of a source waits until all is compiled that may use it, of a binding until it is itself', async () => {
    policies = createPolicies({ allowInsecureHttp: false, rulesPerTurn: 1 });
    begin();
    put(LOGIN, API, binding('shop/other'));
    statuses.sources(['shop/okta']);
    statuses.bindings(['shop/api', 'shop/other']);
    await clock.advance(10_000);
    expect(written).toEqual(['api TargetNotFound']);
    policies.proceed();
    await clock.advance(100);
    expect(written.toSorted()).toEqual(['api TargetNotFound', 'okta Ready', 'other TargetNotFound']);
  });

  it('of what is gone is none', async () => {
    put(LOGIN, API);
    statuses.bindings(['shop/api']);
    statuses.sources(['shop/okta', 'shop/other']);
    put(gone('ApiBinding', 'shop/api'), gone('AuthenticationSource', 'shop/okta'));
    await clock.advance(10_000);
    expect([written, events, problems]).toEqual([[], [], []]);
  });

  it('that the API server refuses is told, and tried again', async () => {
    put(LOGIN);
    isBusy = true;
    statuses.sources(['shop/okta']);
    await clock.advance(200);
    expect(problems).toEqual(['AuthenticationSource shop/okta busy']);
    isBusy = false;
    await clock.advance(60_000);
    expect(written).toEqual(['okta Ready']);
  });

  it('of a binding knows what its source is like by now, whatever the status of that says', async () => {
    put(source('shop/okta'), binding('shop/api', { podSelector: { matchLabels: { app: 'api' } } }));
    statuses.bindings(['shop/api']);
    await clock.advance(1200);
    const [keys, checkedAt] = [[publicJwk('ES256', 'a')], clock.now() / 1000];
    put(fetched('shop/okta', keys, checkedAt));
    const state = { keys, checkedAt, changedAt: checkedAt, jwksURI: 'https://x.example/keys' };
    issuers.set('uid-shop/okta', { ...state, error: undefined });
    statuses.bindings(['shop/api']);
    await clock.advance(10_000);
    expect(written).toEqual(['api SourceNotReady', 'api Ready']);
  });

  it('of a source says by itself when its keys have grown stale', async () => {
    const keys = [publicJwk('ES256', 'a')];
    const checkedAt = Math.floor(clock.now() / 1000);
    put(source('shop/okta'), fetched('shop/okta', keys, checkedAt));
    const state = { keys, checkedAt, changedAt: checkedAt, jwksURI: 'https://x.example/keys' };
    issuers.set('uid-shop/okta', { ...state, error: { code: 'UNKNOWN_HOST', message: 'It is away.' } });
    statuses.sources(['shop/okta']);
    await clock.advance(200);
    const before = [...written];
    await clock.advance(86_400_000 - 1000);
    expect(written).toEqual(before);
    await clock.advance(3000);
    expect(written).toEqual([...before, 'okta UnknownHost']);
  });
});

it('of an edited source is written after those of its bindings', async () => {
  const told = (generation: number): PlanningChange => {
    const made = source('shop/okta', INLINE, {}, { generation });
    if (made.kind !== 'AuthenticationSource' || made.object === undefined) throw new Error('no source');
    return { ...made, object: { ...made.object, status: { observedGeneration: 1 } as never } };
  };
  put(told(1), API);
  put(told(2));
  statuses.bindings(['shop/api']);
  statuses.sources(['shop/okta']);
  await clock.advance(1400);
  expect(written).toEqual(['api TargetNotFound', 'okta Ready']);
});

it('of what is Ready no longer is written though the last write was a moment ago', async () => {
  const good = binding('shop/api', { podSelector: { matchLabels: { app: 'api' } } });
  if (good.kind !== 'ApiBinding' || good.object === undefined) throw new Error('no binding');
  const look = (milliseconds: number) => {
    statuses.bindings(['shop/api']);
    return clock.advance(milliseconds);
  };
  put(LOGIN, good);
  await look(1200);
  const conditions = [{ type: 'Ready', status: 'True', reason: 'Ready' }];
  put({ ...good, object: { ...good.object, status: { conditions } as never } });
  put(gone('AuthenticationSource', 'shop/okta'));
  await look(1200);
  expect(written).toEqual(['api Ready', 'api SourceNotPermitted']);
  put(LOGIN);
  await look(4500);
  expect(written).toHaveLength(2);
});

describe('an Event', () => {
  const look = async () => {
    statuses.sources(['shop/okta']);
    await clock.advance(10_000);
  };

  it('tells of Ready once for each change', async () => {
    put(LOGIN);
    await look();
    await look();
    expect(events).toEqual(['Normal okta Ready']);
    put(source('shop/okta', { ...INLINE, expressions: [{ expression: '1 +' }] }, {}, { generation: 2 }));
    await look();
    await look();
    expect(events.slice(1)).toEqual(['Warning okta InvalidExpression']);
  });

  it('tells of another object of the same name, though it is as the one before', async () => {
    put(LOGIN);
    await look();
    put(source('shop/okta', INLINE, {}, { uid: 'another' }));
    await look();
    expect(events).toEqual(['Normal okta Ready', 'Normal okta Ready']);
  });

  it('does not tell again what the status says already', async () => {
    const conditions = [{ type: 'Ready', status: 'True', reason: 'Ready' }];
    const told = source('shop/okta', INLINE);
    if (told.kind !== 'AuthenticationSource' || told.object === undefined) throw new Error('no source');
    put({ ...told, object: { ...told.object, status: { conditions } as never } });
    await look();
    expect(events).toEqual([]);
  });
});

it('stops with nothing left', async () => {
  put(LOGIN, API);
  statuses.bindings(['shop/api']);
  await statuses.stop();
  await clock.advance(10_000);
  expect([written, clock.due()]).toEqual([[], []]);
});
