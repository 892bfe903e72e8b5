/** AdmissionReview v1: reads requests, which may hold anything, and writes responses. */

import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import type { AdmissionDecision, StatusCause } from './decision.ts';

export interface AdmissionRequest {
  /** Echoed in the answer. */
  readonly uid: string;
  readonly operation: Operation;
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** Empty where the object itself is meant. */
  readonly subResource: string;
  readonly namespace: string;
  readonly user: string;
  /** Nothing is kept of it: it must have no effect anywhere. */
  readonly dryRun: boolean;
  /** Absent on DELETE. */
  readonly object: JsonObject | undefined;
  /** Absent on CREATE. */
  readonly oldObject: JsonObject | undefined;
}

const OPERATIONS = ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'] as const;
export type Operation = (typeof OPERATIONS)[number];

export type ParsedReview =
  | { readonly kind: 'request'; readonly request: AdmissionRequest }
  /** One line: what is wrong with it. */
  | { readonly kind: 'malformed'; readonly problem: string };

const API_VERSION = 'admission.k8s.io/v1';
const KIND = 'AdmissionReview';
/** An API server's is a UUID. */
const MAX_UID = 128;

/** Never throws, whatever it is given. */
export function parseReview(value: unknown): ParsedReview {
  if (!isJsonObject(value)) return malformed('the body must be a JSON object');
  if (value.apiVersion !== API_VERSION || value.kind !== KIND) {
    return malformed(`apiVersion must be ${API_VERSION}, and kind ${KIND}`);
  }
  const { request } = value;
  if (!isJsonObject(request)) return malformed('request must be an object');
  const { uid, operation: written, kind, namespace = '', subResource = '', userInfo = {} } = request;
  if (typeof uid !== 'string' || uid === '' || uid.length > MAX_UID) {
    return malformed(`request.uid must be a text of 1 to ${MAX_UID} characters`);
  }
  const operation = OPERATIONS.find((name) => name === written);
  if (operation === undefined) return malformed(`request.operation must be one of ${OPERATIONS.join(', ')}`);
  if (!isJsonObject(kind)) return malformed('request.kind must be an object');
  const { group, version, kind: name } = kind;
  if (typeof group !== 'string' || typeof version !== 'string' || typeof name !== 'string') {
    return malformed('request.kind must hold group, version and kind as texts');
  }
  if (typeof namespace !== 'string') return malformed('request.namespace must be a text');
  if (typeof subResource !== 'string') return malformed('request.subResource must be a text');
  const problem = objectProblem(operation, request);
  if (problem !== undefined) return malformed(problem);
  const user = isJsonObject(userInfo) && typeof userInfo.username === 'string' ? userInfo.username : '';
  return {
    kind: 'request',
    request: {
      uid,
      operation,
      group,
      version,
      kind: name,
      subResource,
      namespace,
      user,
      dryRun: request.dryRun === true,
      object: objectOf(request.object),
      oldObject: objectOf(request.oldObject),
    },
  };
}

const malformed = (problem: string): ParsedReview => ({ kind: 'malformed', problem });

const objectOf = (value: JsonValue | undefined): JsonObject | undefined =>
  isJsonObject(value) ? value : undefined;

/** Those that the operation must come with. */
function objectProblem(operation: Operation, request: JsonObject): string | undefined {
  const needed = {
    CREATE: ['object'],
    UPDATE: ['object', 'oldObject'],
    DELETE: ['oldObject'],
    CONNECT: [],
  } as const satisfies Readonly<Record<Operation, readonly string[]>>;
  const missing = needed[operation].find((member) => !isJsonObject(request[member]));
  return missing === undefined ? undefined : `request.${missing} must be an object on ${operation}`;
}

/** The AdmissionReview that answers. */
export function answerReview(uid: string, decision: AdmissionDecision): JsonObject {
  const warnings = decision.warnings.length > 0 ? { warnings: decision.warnings } : {};
  const response: JsonObject =
    decision.kind === 'allowed'
      ? { uid, allowed: true, ...warnings, ...patchOf(decision) }
      : { uid, allowed: false, status: statusOf(decision), ...warnings };
  return { apiVersion: API_VERSION, kind: KIND, response };
}

function patchOf({ patch = [] }: Extract<AdmissionDecision, { kind: 'allowed' }>): JsonObject {
  if (patch.length === 0) return {};
  return { patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(patch)).toString('base64') };
}

/** kubectl shows the causes of what is Invalid in a list, as it does for the schema's own rules. */
function statusOf({
  code,
  reason,
  message,
  about,
  causes,
}: Extract<AdmissionDecision, { kind: 'refused' }>): JsonObject {
  const details = about && {
    group: about.group,
    kind: about.kind,
    name: about.name,
    ...(causes.length > 0 && { causes: causes.map(causeOf) }),
  };
  return { status: 'Failure', code, reason, message, ...(details && { details }) };
}

const causeOf = ({ field, message }: StatusCause): JsonObject => ({
  reason: 'FieldValueInvalid',
  field,
  message,
});
