import { describe, expect, it } from 'vitest';
import type { Authority, StoredAuthority } from './authority.ts';
import type { CertificateWithKey } from './certificate.ts';
import { type AuthorityView, decideAuthority, decideServer } from './decide.ts';
import { authorityMade, authorityOf, DAY, HOUR, NAMES, START, serverMade } from './testing/issuing.ts';

const MINUTE = 60_000;

const one = await authorityMade(START);
const made = await serverMade(START, one);
const late = await authorityMade(START + 275 * DAY);
const byOne = await serverMade(START + 270 * DAY, one);
const byLate = await serverMade(START + 276 * DAY, late);

const stored = (more: Partial<StoredAuthority> = {}): StoredAuthority => ({
  current: one,
  orphan: undefined,
  next: undefined,
  previous: undefined,
  debris: false,
  ...more,
});
const decide = (what: Partial<AuthorityView>, at: number) =>
  decideAuthority({ stored: stored(), server: byOne, published: true, ...what }, START + at);
const next = (publishedAt?: number, certificate = late) => ({
  certificate,
  publishedAt: publishedAt === undefined ? undefined : START + publishedAt,
});
const previous = (retiredAt: number | undefined, certificate: CertificateWithKey = one) => ({
  certificate,
  retiredAt: retiredAt === undefined ? undefined : START + retiredAt,
});

describe('an authority by itself', () => {
  it.each([0, -5 * MINUTE, -59 * MINUTE, 1, DAY, 100 * DAY, 275 * DAY - 1])(
    'is kept at an age of %i',
    (age) => {
      expect(decide({}, age)).toEqual({
        kind: 'keep',
        until: START + 275 * DAY,
        authority: authorityOf(one),
      });
    },
  );

  it.each([275 * DAY, 300 * DAY, 365 * DAY - 1])('begins to be replaced at an age of %i', (age) => {
    expect(decide({}, age)).toMatchObject({ kind: 'begin', authority: authorityOf(one) });
  });

  it.each([365 * DAY, 366 * DAY, 4000 * DAY])('is replaced at once when it has expired: %i', (age) => {
    expect(decide({}, age)).toMatchObject({ kind: 'make', previous: undefined });
  });

  it('is replaced at once when it is not valid for long, and stays trusted as long as its servers show it', async () => {
    const server = await serverMade(START, one);
    const step = decide({ server }, -2 * HOUR);
    expect(step).toMatchObject({ kind: 'make', previous: previous(-2 * HOUR) });
    expect(decide({ server: byLate }, -2 * HOUR)).toMatchObject({ kind: 'make', previous: undefined });
  });

  it('is made where there is none', () => {
    const nothing = { stored: stored({ current: undefined }), server: undefined };
    expect(decide(nothing, 0)).toMatchObject({ kind: 'make', previous: undefined });
    expect(decide({ ...nothing, server: byOne }, 0)).toMatchObject({ kind: 'make', previous: undefined });
  });

  it('that has lost its key stays trusted as long as its servers show it', () => {
    const lost = stored({ current: undefined, orphan: one });
    expect(decide({ stored: lost }, 5)).toMatchObject({ kind: 'make', previous: previous(5) });
    expect(decide({ stored: lost, server: byLate }, 5)).toMatchObject({ kind: 'make', previous: undefined });
    expect(decide({ stored: lost, server: undefined }, 5)).toMatchObject({ previous: undefined });
    expect(decide({ stored: lost }, 366 * DAY)).toMatchObject({ previous: undefined });
  });

  it('is written anew without what is broken', () => {
    expect(decide({ stored: stored({ debris: true }) }, DAY)).toMatchObject({
      kind: 'write',
      authority: authorityOf(one),
    });
  });
});

describe('a next authority', () => {
  const at = (what: {
    at: number;
    publishedAt?: number;
    published?: boolean;
    current?: CertificateWithKey;
  }) =>
    decide({ stored: stored({ next: next(what.publishedAt) }), published: what.published ?? true }, what.at);

  it('waits until it is published', () => {
    expect(at({ at: 275 * DAY, published: false })).toMatchObject({ kind: 'keep', until: START + 320 * DAY });
    expect(at({ at: 319 * DAY, published: false })).toMatchObject({ kind: 'keep' });
  });

  it('has its overlap from when it is published', () => {
    expect(at({ at: 276 * DAY })).toMatchObject({
      kind: 'write',
      authority: { current: one, next: next(276 * DAY) },
    });
  });

  it('waits no longer than is good for the one that signs', () => {
    expect(at({ at: 320 * DAY, published: false })).toMatchObject({ authority: { next: next(320 * DAY) } });
    // Begun late, since nobody was there to begin it.
    const wait = (begun: CertificateWithKey, when: number) =>
      decide({ stored: stored({ next: next(undefined, begun) }), published: false }, when);
    return Promise.all([
      authorityMade(START + 345 * DAY).then((begun) => {
        expect(wait(begun, 345 * DAY)).toMatchObject({ kind: 'keep', until: START + 350 * DAY });
        expect(wait(begun, 350 * DAY)).toMatchObject({ kind: 'write' });
      }),
      authorityMade(START + 360 * DAY).then((begun) => {
        expect(wait(begun, 360 * DAY)).toMatchObject({ kind: 'write' });
      }),
    ]);
  });

  it.each([275 * DAY, 275 * DAY + 1, 276 * DAY - 1])('does not sign before its overlap: %i', (when) => {
    expect(at({ at: when, publishedAt: 275 * DAY })).toMatchObject({
      kind: 'keep',
      until: START + 276 * DAY,
    });
  });

  it('then signs, published or not by now, and the other is trusted still', () => {
    for (const published of [true, false]) {
      expect(at({ at: 276 * DAY, publishedAt: 275 * DAY, published })).toMatchObject({
        kind: 'write',
        authority: {
          current: late,
          next: undefined,
          previous: { certificate: one, retiredAt: START + 276 * DAY },
        },
      });
    }
  });

  it('has its overlap anew when the clock that noted it was wrong', () => {
    expect(at({ at: 276 * DAY, publishedAt: 276 * DAY + 59 * MINUTE })).toMatchObject({ kind: 'keep' });
    expect(at({ at: 276 * DAY, publishedAt: 280 * DAY })).toMatchObject({
      authority: { next: next(276 * DAY) },
    });
    expect(at({ at: 276 * DAY, publishedAt: 280 * DAY, published: false })).toMatchObject({ kind: 'keep' });
  });

  it('is dropped when it is itself not valid', () => {
    const dropped = { kind: 'write', authority: authorityOf(one) };
    expect(at({ at: 270 * DAY, publishedAt: 275 * DAY })).toMatchObject(dropped);
    expect(at({ at: 100 * DAY })).toMatchObject(dropped);
  });

  it('signs at once where the current one cannot', () => {
    const signs = { kind: 'write', authority: { current: late, next: undefined } };
    for (const broken of [{ current: undefined }, { current: undefined, orphan: one }]) {
      const view = { stored: stored({ ...broken, next: next() }), published: false };
      expect(decide(view, 275 * DAY)).toMatchObject(signs);
    }
    expect(at({ at: 365 * DAY, published: false })).toMatchObject({
      ...signs,
      authority: { previous: undefined },
    });
    const lost = { stored: stored({ current: undefined, orphan: one, next: next() }) };
    expect(decide(lost, 275 * DAY)).toMatchObject({ authority: { previous: previous(275 * DAY) } });
  });
});

describe('a previous authority', () => {
  const at = (when: number, retiredAt: number | undefined, server: CertificateWithKey | undefined = byLate) =>
    decide({ stored: stored({ current: late, previous: previous(retiredAt) }), server }, when);

  it('is trusted for an overlap after its last signature has gone', () => {
    expect(at(277 * DAY - 1, 276 * DAY)).toMatchObject({ kind: 'keep', until: START + 277 * DAY });
    expect(at(277 * DAY, 276 * DAY)).toMatchObject({ kind: 'write', authority: authorityOf(late) });
    // The servers' certificate came later than the change of authorities.
    expect(at(277 * DAY - 1, 275.5 * DAY)).toMatchObject({ kind: 'keep', until: START + 277 * DAY });
  });

  it('is trusted as long as servers may show its signature', () => {
    for (const server of [byOne, undefined]) {
      const view = { stored: stored({ current: late, previous: previous(276 * DAY) }), server };
      expect(decide(view, 300 * DAY)).toMatchObject({ kind: 'keep', until: START + 365 * DAY });
      expect(decide(view, 365 * DAY)).toMatchObject({ kind: 'write', authority: authorityOf(late) });
    }
  });

  it.each([undefined, 280 * DAY])('has its overlap anew when its time is of no use: %s', (retiredAt) => {
    expect(at(276 * DAY, retiredAt)).toMatchObject({
      kind: 'write',
      authority: { previous: previous(276 * DAY) },
    });
  });

  it('outlives a further accident', () => {
    const view = { stored: stored({ current: undefined, previous: previous(276 * DAY) }), server: byOne };
    expect(decide(view, 276 * DAY)).toMatchObject({ kind: 'make', previous: previous(276 * DAY) });
  });
});

describe("the servers' certificate", () => {
  const authority: Authority = authorityOf(one);
  const at = (
    when: number,
    server: CertificateWithKey | undefined = made,
    names: readonly string[] = NAMES,
  ) => decideServer(server, authority, names, START + when);

  it.each([0, -5 * MINUTE, DAY, 20 * DAY - 1])('is kept at an age of %i', (age) => {
    expect(at(age)).toEqual({ kind: 'keep', until: START + 20 * DAY });
  });

  it.each([
    [20 * DAY, 'soon expire'],
    [29 * DAY, 'soon expire'],
    [30 * DAY, 'expired'],
    [400 * DAY, 'expired'],
    [-5 * MINUTE - 1, 'not valid yet'],
    [-4000 * DAY, 'not valid yet'],
  ])('is renewed at an age of %i', (age, why) => {
    expect(at(age)).toEqual({ kind: 'renew', what: expect.stringContaining(why) });
  });

  it('is renewed when another authority signs, or when there is none', () => {
    expect(at(276 * DAY, byLate)).toMatchObject({ what: expect.stringContaining('another authority') });
    expect(decideServer(undefined, authority, NAMES, START)).toMatchObject({ kind: 'renew' });
  });

  it('is renewed when its names are to be others, in whatever order', () => {
    expect(at(0, made, [...NAMES].reverse())).toMatchObject({ kind: 'keep' });
    expect(at(0, made, [...NAMES, ...NAMES])).toMatchObject({ kind: 'keep' });
    for (const names of [NAMES.slice(1), [...NAMES, 'more']]) {
      expect(at(0, made, names)).toMatchObject({ what: expect.stringContaining('names') });
    }
  });

  it('is not made again and again at the end of an authority that nobody could replace', async () => {
    const last = await serverMade(START + 340 * DAY, one);
    expect(at(340 * DAY, last)).toEqual({ kind: 'keep', until: one.notAfter });
    expect(at(364 * DAY, last)).toEqual({ kind: 'keep', until: one.notAfter });
  });
});
