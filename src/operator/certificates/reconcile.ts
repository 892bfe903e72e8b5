/** Brings the two Secrets to what they should be. Done by the leader, as often as anything may have changed. */

import { failed, type Outcome, ok } from '../../kubernetes/errors.ts';
import type { ObjectName } from '../../kubernetes/object.ts';
import {
  type Authority,
  bundleOf,
  readAuthority,
  readServer,
  type SecretData,
  writeAuthority,
  writeServer,
} from './authority.ts';
import { type AuthorityStep, decideAuthority, decideServer } from './decide.ts';
import { type Issuing, issueAuthority, issueServer } from './issue.ts';
import { AUTHORITY_SECRET, CERTIFICATE_TIMES, SERVER_SECRET, WEBHOOK_SECRET } from './names.ts';
import { decidePathKeys, type PathKeys, readPathKeys, writePathKeys } from './path-keys.ts';
import { getSecret, putSecret, type Writing } from './secrets.ts';

export interface CertificateDeps extends Writing {
  readonly issuing: Issuing;
  /** The control plane's own. */
  readonly namespace: string;
}

export interface Reconciled {
  /** What was changed, in the past tense, for the log. Empty = nothing. */
  readonly done: readonly string[];
  /** Milliseconds until it should be looked at again, if nothing changes before. */
  readonly again: number;
}

export interface ReconciledAuthority extends Reconciled {
  readonly authority: Authority;
  /** PEM: what callers are to trust. */
  readonly bundle: string;
}

/** More steps than any state needs; beyond it others write against us. */
const MAX_STEPS = 8;

/**
 * To be followed by publishing the bundle, and only then by the servers' certificate: so callers trust it before it
 * is shown.
 *
 * @param published the bundle of which every place is known to hold what it should: a rotation waits for that.
 */
export async function reconcileAuthority(
  deps: CertificateDeps,
  published: string | undefined,
): Promise<Outcome<ReconciledAuthority>> {
  const { client, issuing, namespace } = deps;
  const done: string[] = [];
  for (let steps = 0; steps < MAX_STEPS; steps++) {
    const seen = await getSecret(client, { namespace, name: AUTHORITY_SECRET });
    if (seen.kind === 'failed') return seen;
    const serving = await getSecret(client, { namespace, name: SERVER_SECRET });
    if (serving.kind === 'failed') return serving;

    const stored = readAuthority(seen.value.data);
    const view = { stored, server: readServer(serving.value.data), published: holds(published, stored) };
    const step = decideAuthority(view, issuing.now());
    if (step.kind === 'keep') {
      const { authority } = step;
      return ok({ done, again: untilThen(step.until, issuing), authority, bundle: bundleOf(authority) });
    }
    const written = await putSecret(deps, seen.value, 'Opaque', await carriedOut(step, issuing));
    if (written.kind === 'ok') done.push(step.what);
    else if (written.error.kind !== 'Conflict') return written;
  }
  return failed('Conflict', `secrets ${namespace}/${AUTHORITY_SECRET}: others keep changing it`);
}

/** @param secret of the control plane's own servers, or of a gateway's validators. */
export async function reconcileServer(
  deps: CertificateDeps,
  names: readonly string[],
  secret: ObjectName = { namespace: deps.namespace, name: SERVER_SECRET },
): Promise<Outcome<Reconciled>> {
  const { client, issuing, namespace } = deps;
  const done: string[] = [];
  for (let steps = 0; steps < MAX_STEPS; steps++) {
    const seen = await getSecret(client, secret);
    if (seen.kind === 'failed') return seen;
    // Read after it, so that a certificate is never taken for an old authority's that a newer one has signed.
    const signing = await getSecret(client, { namespace, name: AUTHORITY_SECRET });
    if (signing.kind === 'failed') return signing;
    const { current, ...rest } = readAuthority(signing.value.data);
    if (current === undefined) {
      return failed(
        'NotFound',
        `secrets ${namespace}/${AUTHORITY_SECRET}: there is no authority that could sign`,
      );
    }
    const step = decideServer(readServer(seen.value.data), { current, ...rest }, names, issuing.now());
    if (step.kind === 'keep') return ok({ done, again: untilThen(step.until, issuing) });
    const data = writeServer(await issueServer(issuing, current, names));
    const written = await putSecret(deps, seen.value, 'kubernetes.io/tls', data);
    if (written.kind === 'ok') done.push(step.what);
    else if (written.error.kind !== 'Conflict') return written;
  }
  return failed('Conflict', `secrets ${secret.namespace}/${secret.name}: others keep changing it`);
}

export interface ReconciledPathKeys extends Reconciled {
  readonly keys: PathKeys;
}

/** @param published the key that stands in every webhook configuration; undefined where that is not known. */
export async function reconcilePathKeys(
  deps: CertificateDeps,
  published: string | undefined,
): Promise<Outcome<ReconciledPathKeys>> {
  const { client, issuing, namespace } = deps;
  const done: string[] = [];
  for (let steps = 0; steps < MAX_STEPS; steps++) {
    const seen = await getSecret(client, { namespace, name: WEBHOOK_SECRET });
    if (seen.kind === 'failed') return seen;
    const step = decidePathKeys(readPathKeys(seen.value.data), published, issuing.now(), issuing.randomBytes);
    if (step.kind === 'keep') return ok({ done, again: untilThen(step.until, issuing), keys: step.keys });
    const written = await putSecret(deps, seen.value, 'Opaque', writePathKeys(step.keys));
    if (written.kind === 'ok') done.push(step.what);
    else if (written.error.kind !== 'Conflict') return written;
  }
  return failed('Conflict', `secrets ${namespace}/${WEBHOOK_SECRET}: others keep changing it`);
}

async function carriedOut(
  step: Exclude<AuthorityStep, { readonly kind: 'keep' }>,
  issuing: Issuing,
): Promise<SecretData> {
  switch (step.kind) {
    case 'write':
      return writeAuthority(step.authority);
    case 'make': {
      const { previous } = step;
      return writeAuthority({ current: await issueAuthority(issuing), next: undefined, previous });
    }
    case 'begin': {
      const certificate = await issueAuthority(issuing);
      return writeAuthority({ ...step.authority, next: { certificate, publishedAt: undefined } });
    }
  }
}

function holds(
  published: string | undefined,
  { current, ...rest }: ReturnType<typeof readAuthority>,
): boolean {
  return current !== undefined && published === bundleOf({ current, ...rest });
}

function untilThen(time: number, { now }: Issuing): number {
  return Math.min(Math.max(time - now(), 0), CERTIFICATE_TIMES.longestNap);
}
