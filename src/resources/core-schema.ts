/** Schemas of the kinds that are not ours, as far as manifests need checking: metadata, Secret, ConfigMap, Namespace. */

import type { Schema } from './schema.ts';

const ANY_OBJECT: Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
const STRINGS: Schema = { type: 'object', additionalProperties: { type: 'string' } };

const NAME: Schema = {
  type: 'string',
  minLength: 1,
  maxLength: 253,
  pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$',
};
const NAMESPACE_NAME: Schema = {
  type: 'string',
  minLength: 1,
  maxLength: 63,
  pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$',
};

/** What `kubectl get -o yaml` prints is there, so that its output can be read back. */
export const METADATA_SCHEMA: Schema = {
  type: 'object',
  required: ['name'],
  properties: {
    name: NAME,
    namespace: NAMESPACE_NAME,
    labels: STRINGS,
    annotations: STRINGS,
    uid: { type: 'string', maxLength: 128 },
    generation: { type: 'integer', format: 'int64' },
    resourceVersion: { type: 'string' },
    creationTimestamp: { type: 'string', format: 'date-time' },
    deletionTimestamp: { type: 'string', format: 'date-time' },
    deletionGracePeriodSeconds: { type: 'integer', format: 'int64' },
    generateName: { type: 'string' },
    selfLink: { type: 'string' },
    finalizers: { type: 'array', items: { type: 'string' } },
    ownerReferences: { type: 'array', items: ANY_OBJECT },
    managedFields: { type: 'array', items: ANY_OBJECT },
  },
};

const object = (properties: Readonly<Record<string, Schema>>): Schema => ({
  type: 'object',
  properties: {
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: ANY_OBJECT,
    ...properties,
  },
});

export const SECRET_SCHEMA = object({
  type: { type: 'string' },
  immutable: { type: 'boolean' },
  data: STRINGS,
  stringData: STRINGS,
});

export const CONFIG_MAP_SCHEMA = object({
  immutable: { type: 'boolean' },
  data: STRINGS,
  binaryData: STRINGS,
});

export const NAMESPACE_SCHEMA = object({ spec: ANY_OBJECT, status: ANY_OBJECT });
