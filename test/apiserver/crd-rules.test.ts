/** A real API server judges every rule of the CRDs, and fills in defaults, as we do without one. */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Agent, request } from 'undici';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/base/json.ts';
import type { Schema } from '../../src/resources/schema.ts';
import { apiBinding, authenticationSource } from '../../src/resources/typed.ts';
import { type Kind, manifestOf } from './cases.ts';
import { EXAMPLES } from './contract-examples.ts';
import { RULE_CASES } from './crd-cases.ts';
import { type ApiServer, startApiServer } from './harness.ts';
import { STRUCTURE_CASES } from './structure-cases.ts';

const crds = fileURLToPath(new URL('../../crds', import.meta.url));
const PLURAL = { AuthenticationSource: 'authenticationsources', ApiBinding: 'apibindings' } as const;
const KINDS = ['AuthenticationSource', 'ApiBinding'] as const;

let server: ApiServer;
let dispatcher: Agent;

beforeAll(async () => {
  server = await startApiServer();
  dispatcher = new Agent({ connect: { ca: server.ca } });
  await server.kubectl(['apply', '--server-side', '-f', crds]);
  await server.kubectl(['wait', '--for=condition=Established', '--timeout=60s', '-f', crds]);
  // An established kind is served, and its schema judged, a moment later.
  for (const kind of KINDS) {
    await vi.waitFor(async () => expect((await create(kind, {})).status).toBe(422), { timeout: 60_000 });
  }
});

afterAll(async () => {
  await dispatcher?.close();
  await server?.stop();
});

interface Answer {
  readonly status: number;
  readonly body: JsonObject;
}

/** Creates an object as far as storing it. */
async function create(kind: Kind, spec: JsonObject): Promise<Answer> {
  const query = 'dryRun=All&fieldValidation=Strict';
  const path = `/apis/portcullis.dev/v1alpha1/namespaces/default/${PLURAL[kind]}?${query}`;
  const { statusCode, body } = await request(server.url + path, {
    method: 'POST',
    dispatcher,
    headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(manifestOf(kind, spec)),
  });
  const text = await body.text();
  return { status: statusCode, body: text.startsWith('{') ? JSON.parse(text) : {} };
}

/** What a Status object names as causes. */
function causes({ body }: Answer): readonly string[] {
  const details = isJsonObject(body.details) ? body.details.causes : undefined;
  const list: readonly JsonValue[] = Array.isArray(details) ? details : [];
  return list.map((cause) => (isJsonObject(cause) ? String(cause.message) : ''));
}

interface SchemaRule {
  readonly at: string;
  readonly message: string;
}

function rulesOf(kind: Kind): readonly SchemaRule[] {
  const crd = parse(readFileSync(`${crds}/${PLURAL[kind]}.yaml`, 'utf8'));
  return rulesBelow('', crd.spec.versions[0].schema.openAPIV3Schema);
}

function rulesBelow(at: string, schema: Schema): readonly SchemaRule[] {
  const own = (schema['x-kubernetes-validations'] ?? []).map(({ message }) => ({ at, message }));
  const below = Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
    rulesBelow(at === '' ? name : `${at}.${name}`, property),
  );
  return [...own, ...below, ...(schema.items ? rulesBelow(`${at}[]`, schema.items) : [])];
}

describe.each(KINDS)('%s', (kind) => {
  it.each(rulesOf(kind))('has one case for the rule at $at: $message', ({ at, message }) => {
    const cases = RULE_CASES[kind].filter((one) => one.at === at && message.includes(one.says));
    expect(cases).toHaveLength(1);
  });

  it('has no case for a rule that is gone', () => {
    const rules = rulesOf(kind);
    const orphans = RULE_CASES[kind].filter(
      ({ at, says }) => rules.filter((rule) => rule.at === at && rule.message.includes(says)).length !== 1,
    );
    expect(orphans).toEqual([]);
  });

  it.each(RULE_CASES[kind])('$at: $says', async ({ says, refused, accepted }) => {
    const no = await create(kind, refused);
    expect(no.status).toBe(422);
    expect(causes(no).filter((cause) => cause.includes(says))).toHaveLength(1);
    expect(await create(kind, accepted)).toMatchObject({ status: 201 });
  });
});

describe('the structure', () => {
  it.each(STRUCTURE_CASES)('$kind: $what', async ({ kind, refused, accepted }) => {
    expect([400, 422]).toContain((await create(kind, refused)).status);
    expect(await create(kind, accepted)).toMatchObject({ status: 201 });
  });
});

describe('defaults', () => {
  const offline = { AuthenticationSource: authenticationSource, ApiBinding: apiBinding } as const;

  it.each(EXAMPLES)('of %s are those that the offline reader fills in', async (_, kind, spec) => {
    const { status, body } = await create(kind, spec);
    const typed = offline[kind](manifestOf(kind, spec), undefined);
    expect(status).toBe(201);
    expect(typed).toMatchObject({ kind: 'typed', object: { spec: body.spec, status: body.status } });
    expect(body.status).toMatchObject({
      conditions: [{ type: 'Ready', status: 'Unknown', reason: 'Pending' }],
    });
  });
});
