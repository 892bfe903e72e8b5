/** Decides one admission request for an ApiBinding or an AuthenticationSource. */

import { canonicalJson } from '../../base/canonical-json.ts';
import { isJsonObject, type JsonObject } from '../../base/json.ts';
import type { Meta, StoredBinding, StoredSource } from '../../cluster/objects.ts';
import { readBinding, readSource } from '../../cluster/ours.ts';
import { createSharing } from '../../cluster/sharing.ts';
import { bindingFactsInSteps } from '../../compiler/binding-facts.ts';
import type { Issue } from '../../compiler/issues.ts';
import { checkSourceInSteps } from '../../compiler/source.ts';
import { inTurns } from '../../process/turns.ts';
import type { Finding } from '../../resources/findings.ts';
import { RESOURCES } from '../resources.ts';
import { bindingAmongOthers, bindingItself, bindingTargets, type ReadBinding } from './binding.ts';
import { refuses } from './causes.ts';
import {
  type AdmissionDecision,
  ALLOWED,
  decide,
  type RefusedObject,
  type Remark,
  refuse,
} from './decision.ts';
import { judgeDeletion } from './deletion.ts';
import type { AdmissionRequest } from './review.ts';
import { lostGrants, sourceData, sourceItself } from './source.ts';
import { areForResources } from './users.ts';
import type { View } from './view.ts';

export interface JudgeOptions {
  /** As `--allow-insecure-http`. */
  readonly allowInsecureHttp: boolean;
}

const { group: GROUP, version: VERSION } = RESOURCES.ApiBinding;

/**
 * Refuses what is wrong with the object itself, and the deletion of a source in use; all that depends on other
 * objects is a warning. An update is judged by its new spec, and one that leaves the spec as it is never refused.
 * Nothing is changed by it.
 */
export async function judgeAdmission(
  request: AdmissionRequest,
  view: View,
  { allowInsecureHttp }: JudgeOptions,
): Promise<AdmissionDecision> {
  const { group, version, kind, operation, subResource, object, oldObject } = request;
  if (group !== GROUP || version !== VERSION || (kind !== 'AuthenticationSource' && kind !== 'ApiBinding')) {
    return refuse('BadRequest', unknownKind(request));
  }
  if (subResource !== '') return ALLOWED;
  switch (operation) {
    case 'CONNECT':
      return ALLOWED;
    case 'DELETE':
      if (kind !== 'AuthenticationSource' || oldObject === undefined) return ALLOWED;
      return deletion(request, oldObject, view);
    case 'CREATE':
    case 'UPDATE':
      if (object === undefined) return refuse('BadRequest', 'there is no object to be judged');
      if (oldObject !== undefined && hasSameSpec(object, oldObject)) return ALLOWED;
      return kind === 'ApiBinding'
        ? binding(object, view)
        : source(object, oldObject, view, allowInsecureHttp);
  }
}

/** It would be a mistake in the webhook's configuration, and must not pass unseen. */
function unknownKind({ group, version, kind }: AdmissionRequest): string {
  return (
    `Portcullis does not judge ${kind} of ${group}/${version}, only AuthenticationSource and ApiBinding of ` +
    `${GROUP}/${VERSION}; correct the rules of its ValidatingWebhookConfiguration`
  );
}

function hasSameSpec(a: JsonObject, b: JsonObject): boolean {
  return canonicalJson(a.spec ?? null) === canonicalJson(b.spec ?? null);
}

function deletion(
  { namespace, user }: AdmissionRequest,
  written: JsonObject,
  view: View,
): Promise<AdmissionDecision> {
  const stored = readSource(withKnownMetadata(written), createSharing());
  return judgeDeletion(
    {
      written,
      source: stored?.kind === 'typed' ? stored.object : undefined,
      namespace: stored?.metadata.namespace || namespace,
      user,
      about: subject('AuthenticationSource', stored?.metadata),
    },
    view,
  );
}

async function binding(object: JsonObject, view: View): Promise<AdmissionDecision> {
  const read = readBinding(withKnownMetadata(object), createSharing());
  const about = subject('ApiBinding', read?.metadata);
  if (read?.kind !== 'typed') return decide(about, schemaErrors(read), []);
  await inTurns(bindingFactsInSteps(read.object), view.pause);
  if (!view.isSynced()) return fromIssues(about, bindingItself(read), [NOT_SYNCED]);
  const decision = amongOthers(read, view, about);
  if (decision.kind !== 'allowed' || decision.warnings.length === 0) return decision;
  // The missing objects may come in a moment.
  await view.catchUp();
  return amongOthers(read, view, about);
}

const amongOthers = (read: ReadBinding, view: View, about: RefusedObject): AdmissionDecision =>
  fromIssues(about, bindingAmongOthers(read, view), bindingTargets(read, view));

async function source(
  object: JsonObject,
  oldObject: JsonObject | undefined,
  view: View,
  allowInsecureHttp: boolean,
): Promise<AdmissionDecision> {
  const read = readSource(withKnownMetadata(object), createSharing());
  const about = subject('AuthenticationSource', read?.metadata);
  if (read?.kind !== 'typed') return decide(about, schemaErrors(read), []);
  await inTurns(checkSourceInSteps(read.object), view.pause);
  const issues = sourceItself(read.object, allowInsecureHttp);
  // Warnings are shown once the errors are mended.
  if (issues.some(refuses)) return fromIssues(about, issues, []);
  if (!view.isSynced()) return fromIssues(about, issues, [NOT_SYNCED]);
  const before = oldObject && readSource(withKnownMetadata(oldObject), createSharing());
  const lost = before?.kind === 'typed' ? lostGrants(before.object, read.object, view) : [];
  const data = await sourceData(read.object, view, allowInsecureHttp);
  const isChecked = areForResources(read.object, view);
  const isMeant = ({ reason }: Pick<Remark, 'reason'>) => !isChecked || reason !== 'AudienceUnchecked';
  return fromIssues(about, issues.filter(isMeant), [...data.filter(isMeant), ...lost]);
}

const NOT_SYNCED: Remark = {
  reason: 'NotChecked',
  field: '',
  message: 'it could not be checked against other objects yet, for the control plane has just started',
  remedy: 'see its status',
};

/** `issues` may hold both; `warnings` refuse nothing. */
function fromIssues(
  about: RefusedObject,
  issues: readonly Issue[],
  warnings: readonly Remark[],
): AdmissionDecision {
  const errors = issues.filter(refuses);
  return decide(about, errors, [...issues.filter((issue) => !refuses(issue)), ...warnings]);
}

/** The schema's own rules come here only where the API server let something pass that was bad before the update. */
function schemaErrors(read: StoredBinding | StoredSource | undefined): readonly Remark[] {
  const findings: readonly Finding[] = read?.kind === 'refused' ? read.findings : [];
  if (findings.length === 0) {
    return [{ reason: 'Invalid', field: 'metadata.name', message: 'it is missing', remedy: 'add it' }];
  }
  return findings.map(({ reason, field = '', message, remedy }) => ({ reason, field, message, remedy }));
}

function subject(kind: string, metadata: Meta | undefined): RefusedObject {
  return { group: GROUP, kind, name: metadata?.name ?? '' };
}

/** Members of metadata that a later Kubernetes adds are no mistake of the object. */
const METADATA = [
  ...['name', 'namespace', 'uid', 'resourceVersion', 'generation', 'creationTimestamp', 'deletionTimestamp'],
  ...['labels', 'annotations'],
];

function withKnownMetadata(object: JsonObject): JsonObject {
  const { metadata } = object;
  if (!isJsonObject(metadata)) return object;
  const members = METADATA.flatMap((name) => {
    const member = metadata[name];
    return member === undefined ? [] : [[name, member] as const];
  });
  return { ...object, metadata: Object.fromEntries(members) };
}
