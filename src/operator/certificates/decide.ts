/** What is to be done about the authority and the servers' certificate, given what there is and the time. Pure. */

import type { Authority, NextAuthority, PreviousAuthority, StoredAuthority } from './authority.ts';
import { type Certificate, type CertificateWithKey, isSignedBy, namesOf } from './certificate.ts';
import { CERTIFICATE_TIMES } from './names.ts';

export type AuthorityStep =
  /** Nothing before that time. */
  | { readonly kind: 'keep'; readonly until: number; readonly authority: Authority }
  /** The authority as it is, differently written: no new key. */
  | { readonly kind: 'write'; readonly authority: Authority; readonly what: string }
  /** A new authority that signs at once. */
  | { readonly kind: 'make'; readonly previous: PreviousAuthority | undefined; readonly what: string }
  /** A new authority, to be trusted at once, and to sign later. */
  | { readonly kind: 'begin'; readonly authority: Authority; readonly what: string };

export interface AuthorityView {
  readonly stored: StoredAuthority;
  /** Undefined where there is none that is whole. */
  readonly server: CertificateWithKey | undefined;
  /** Whether all callers have been given what is stored. */
  readonly published: boolean;
}

export function decideAuthority(view: AuthorityView, now: number): AuthorityStep {
  const { stored } = view;
  const { current } = stored;
  if (current === undefined || !isUsable(current, now)) return replaceCurrent(view, now);
  const authority: Authority = { current, next: stored.next, previous: stored.previous };
  const steps = [
    stored.debris ? write(authority, 'Removed what was broken from the authority') : undefined,
    decidePrevious(view, authority, now),
    decideNext(view, authority, now),
  ];
  const step = steps.find((candidate) => candidate !== undefined && candidate.kind !== 'keep');
  if (step !== undefined) return step;
  const until = Math.min(...steps.map((kept) => (kept?.kind === 'keep' ? kept.until : current.notAfter)));
  return { kind: 'keep', until, authority };
}

function decideNext({ published }: AuthorityView, authority: Authority, now: number): AuthorityStep {
  const { current, next } = authority;
  if (next === undefined) {
    const due = renewalTime(current);
    if (now >= due) return { kind: 'begin', authority, what: 'Began to replace the authority by a new one' };
    return { kind: 'keep', until: due, authority };
  }
  if (!isUsable(next.certificate, now)) {
    return write({ ...authority, next: undefined }, 'Removed a next authority that is not valid now');
  }
  if (next.publishedAt === undefined || isAhead(next.publishedAt, now)) {
    const lastCall = patienceEnd(current, next);
    if (!published && now < lastCall) return { kind: 'keep', until: lastCall, authority };
    const noted = { ...next, publishedAt: now };
    return write({ ...authority, next: noted }, 'Published the next authority');
  }
  const due = next.publishedAt + CERTIFICATE_TIMES.overlap;
  if (now < due) return { kind: 'keep', until: Math.min(due, current.notAfter), authority };
  return write(switched(next, { certificate: current, retiredAt: now }), 'Signs with the next authority');
}

/** It goes once its last signature has been out of use for a whole overlap: no server uses its certificates any more. */
function decidePrevious(
  { server }: AuthorityView,
  authority: Authority,
  now: number,
): AuthorityStep | undefined {
  const { current, previous } = authority;
  if (previous === undefined) return undefined;
  const { certificate, retiredAt } = previous;
  const without = { ...authority, previous: undefined };
  if (certificate.notAfter <= now) return write(without, 'Removed a previous authority that has expired');
  if (retiredAt === undefined || isAhead(retiredAt, now)) {
    return write(
      { ...authority, previous: { ...previous, retiredAt: now } },
      'Noted when the previous authority ceased to sign',
    );
  }
  const until = certificate.notAfter;
  if (server === undefined || !isSignedBy(server, current)) return { kind: 'keep', until, authority };
  const due = Math.max(retiredAt, madeAt(server)) + CERTIFICATE_TIMES.overlap;
  if (now >= due) return write(without, 'Removed the previous authority');
  return { kind: 'keep', until: Math.min(due, until), authority };
}

/** Nothing can be signed as it is: no overlap is worth waiting for. */
function replaceCurrent({ stored, server }: AuthorityView, now: number): AuthorityStep {
  const { current, orphan, next, previous } = stored;
  const last = current ?? orphan;
  // What serves now is to be trusted until it is replaced; but no certificate of which nothing is known.
  const inUse = last !== undefined && last.notAfter > now && server !== undefined && isSignedBy(server, last);
  const kept = inUse ? { certificate: last, retiredAt: now } : previous;
  const why = reasonAgainst(stored, now);
  if (next !== undefined && isUsable(next.certificate, now)) {
    return write(switched(next, kept), `Signs with the next authority, for ${why}`);
  }
  return { kind: 'make', previous: kept, what: `Made a new authority, for ${why}` };
}

function reasonAgainst({ current, orphan }: StoredAuthority, now: number): string {
  if (current !== undefined) return current.notAfter <= now ? 'it has expired' : 'it is not valid yet';
  return orphan === undefined ? 'there was none that is whole' : 'its key was missing or another one';
}

export type ServerStep =
  | { readonly kind: 'keep'; readonly until: number }
  | { readonly kind: 'renew'; readonly what: string };

export function decideServer(
  server: CertificateWithKey | undefined,
  { current }: Authority,
  names: readonly string[],
  now: number,
): ServerStep {
  const renew = (why: string): ServerStep => ({
    kind: 'renew',
    what: `Made a new certificate for the servers, for ${why}`,
  });
  if (server === undefined) return renew('there was none that is whole');
  if (!isSignedBy(server, current)) return renew('another authority signs by now');
  if (server.notAfter <= now) return renew('it has expired');
  if (server.notBefore > now) return renew('it is not valid yet');
  if (namesOf(server).join() !== [...new Set(names)].sort().join()) return renew('the names have changed');
  // One that lives as long as the authority does would gain nothing by being made anew.
  const until =
    server.notAfter < current.notAfter ? server.notAfter - CERTIFICATE_TIMES.serverRenewal : server.notAfter;
  return now >= until ? renew('it would soon expire') : { kind: 'keep', until };
}

/** Also for one that lives longer than those that are made here. */
function renewalTime({ notAfter, ...certificate }: Certificate): number {
  return (
    Math.min(notAfter, madeAt(certificate) + CERTIFICATE_TIMES.authorityLife) -
    CERTIFICATE_TIMES.authorityRenewal
  );
}

function patienceEnd(current: Certificate, { certificate }: NextAuthority): number {
  const longest = Math.min(
    madeAt(certificate) + CERTIFICATE_TIMES.patience,
    current.notAfter - CERTIFICATE_TIMES.lastCall,
  );
  return Math.max(longest, madeAt(certificate));
}

function switched({ certificate }: NextAuthority, previous: PreviousAuthority | undefined): Authority {
  return { current: certificate, next: undefined, previous };
}

function write(authority: Authority, what: string): AuthorityStep {
  return { kind: 'write', authority, what };
}

function madeAt({ notBefore }: Pick<Certificate, 'notBefore'>): number {
  return notBefore + CERTIFICATE_TIMES.backdated;
}

function isUsable({ notBefore, notAfter }: Certificate, now: number): boolean {
  return notAfter > now && !isAhead(notBefore, now);
}

/** A little may be due to two leaders whose clocks differ. */
function isAhead(time: number, now: number): boolean {
  return time > now + CERTIFICATE_TIMES.skew;
}
