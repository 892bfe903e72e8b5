/** Generates src/resources/schema.gen.ts: the schemas as constants, for use without an API server. */

import type { Schema } from '../../src/resources/schema.ts';
import type { CustomResource } from './crd.ts';

/** A module with one constant, the schemas by kind. Descriptions stay in the CRDs: nothing reads them at run time. */
export function schemaModule(resources: readonly CustomResource[]): string {
  const entries = resources.map(
    ({ kind, schema }) =>
      `  ${kind}: ${JSON.stringify(withoutDescriptions(schema), undefined, 2).replaceAll('\n', '\n  ')},\n`,
  );
  return [
    '// Generated from crds/ by `npm run generate`. Do not edit.\n\n',
    "import type { Schema } from './schema.ts';\n\n",
    `export const SCHEMAS: { readonly [K in ${resources.map(({ kind }) => `'${kind}'`).join(' | ')}]: Schema } = {\n`,
    ...entries,
    '};\n',
  ].join('');
}

function withoutDescriptions(schema: Schema): Schema {
  const { description: _, ...rest } = schema;
  return {
    ...rest,
    ...(schema.properties && {
      properties: Object.fromEntries(
        Object.entries(schema.properties).map(([name, property]) => [name, withoutDescriptions(property)]),
      ),
    }),
    ...(schema.items && { items: withoutDescriptions(schema.items) }),
    ...(schema.additionalProperties && {
      additionalProperties: withoutDescriptions(schema.additionalProperties),
    }),
  };
}
