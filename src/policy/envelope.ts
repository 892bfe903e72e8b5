/** The bodies of the exchange: a policy with its secrets beside it, and the question for fresher keys. Pure. */

import { parseJson } from '../base/json.ts';
import type { Steps } from '../base/steps.ts';
import type { Policy, SourcePolicy } from './policy.ts';
import { Misshapen, object, type Shape, text } from './shape.ts';
import { readPolicyInSteps, serializePolicy } from './wire.ts';

export type ParsedEnvelope =
  | {
      readonly kind: 'envelope';
      readonly policy: Policy;
      /** Decoded, by `HmacKeyPolicy.secret`. */
      readonly secrets: ReadonlyMap<string, Uint8Array>;
    }
  /** `problem` quotes nothing of the document but names of members of the policy. */
  | { readonly kind: 'refused'; readonly problem: string };

export function serializeEnvelope(policy: Policy, secrets: ReadonlyMap<string, Uint8Array>): string {
  const encoded = [...secrets].map(([id, bytes]) => [id, Buffer.from(bytes).toString('base64')] as const);
  return `{"policy":${serializePolicy(policy)},"secrets":${JSON.stringify(Object.fromEntries(encoded))}}`;
}

/** Refuses whatever is not described, as `parsePolicy` does, and in steps as it can. Never throws. */
export function* parseEnvelopeInSteps(json: string, source: Shape<SourcePolicy>): Steps<ParsedEnvelope> {
  const document = read(json, envelope);
  if (document.kind === 'refused') return document;
  const { policy, secrets } = document.value;
  const parsed = yield* readPolicyInSteps(policy, source);
  return parsed.kind === 'refused' ? parsed : { kind: 'envelope', policy: parsed.policy, secrets };
}

/** The question for fresher keys: a source's UID. */
export function serializeRefresh(source: string): string {
  return JSON.stringify({ source });
}

export function parseRefresh(json: string): string | undefined {
  const document = read(json, object({ source: text }));
  return document.kind === 'refused' ? undefined : document.value.source;
}

/** The answer when the fetch is over: the version of the asker's policy from then on. */
export function serializeRefreshed(version: string): string {
  return JSON.stringify({ version });
}

export function parseRefreshed(json: string): string | undefined {
  const document = read(json, object({ version: text }));
  return document.kind === 'refused' ? undefined : document.value.version;
}

type Read<T> =
  | { readonly kind: 'read'; readonly value: T }
  | Extract<ParsedEnvelope, { readonly kind: 'refused' }>;

function read<T>(json: string, shape: Shape<T>): Read<T> {
  const document = parseJson(json);
  if (document === undefined) return { kind: 'refused', problem: 'the answer is not JSON' };
  try {
    return { kind: 'read', value: shape(document, '') };
  } catch (error) {
    if (!(error instanceof Misshapen)) throw error;
    return { kind: 'refused', problem: `the answer cannot be read: ${error.message.trim()}` };
  }
}

/** As it is, for `readPolicyInSteps`. */
const anyJson: Shape<unknown> = (value) => value;

/** Ids are names, but they stand beside secrets: no message quotes either. */
const secretsById: Shape<ReadonlyMap<string, Uint8Array>> = (value, at) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Misshapen(`${at} must be an object`);
  }
  return new Map(
    Object.entries(value).map(([id, encoded]) => {
      const bytes = typeof encoded === 'string' ? Buffer.from(encoded, 'base64') : undefined;
      if (bytes === undefined || bytes.toString('base64') !== encoded) {
        throw new Misshapen(`${at} must hold base64 alone`);
      }
      return [id, new Uint8Array(bytes)];
    }),
  );
};

const envelope = object({ policy: anyJson, secrets: secretsById });
