/** The format of a file of policy tests, as a schema: read as strictly as manifests are. */

import { REASONS } from '../../decision/reasons.ts';
import { TRIAL_VERDICTS } from '../../decision/trial-decision.ts';
import type { Schema } from '../../resources/schema.ts';

const text: Schema = { type: 'string' };
const texts: Schema = { type: 'object', additionalProperties: text };
const anything: Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

const ALLOWANCES = ['authenticated', 'anonymous', 'preflight', 'disabled'];
const SERVED = 'resource_metadata';

const expectation: Schema = {
  type: 'object',
  properties: {
    outcome: { type: 'string', enum: ['allowed', 'denied', 'audit_denied', 'served'] },
    reason: { type: 'string', enum: [...ALLOWANCES, SERVED, ...Object.keys(REASONS)] },
    status: { type: 'integer', minimum: 100, maximum: 599 },
    binding: text,
    rule: text,
    source: text,
    user: text,
    forwarded: texts,
    headers: texts,
    trial: { type: 'string', enum: ['', ...TRIAL_VERDICTS] },
  },
};

const testCase: Schema = {
  type: 'object',
  required: ['name', 'request', 'expect'],
  properties: {
    name: { type: 'string', minLength: 1 },
    request: { type: 'string', minLength: 1 },
    /** Texts, and lists of them: `read.ts` looks at each. */
    headers: anything,
    token: text,
    claims: anything,
    source: { type: 'string', minLength: 1 },
    header: anything,
    at: text,
    expect: expectation,
  },
};

export const TESTS_SCHEMA: Schema = {
  type: 'object',
  required: ['tests'],
  properties: { tests: { type: 'array', items: testCase, minItems: 1 } },
};
