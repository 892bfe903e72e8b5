/** Generates src/resources/types.gen.ts: readonly types of the CRDs, descriptions as doc comments. */

import type { Schema } from '../../src/resources/schema.ts';
import type { CustomResource } from './crd.ts';

/** Shapes that stand in several places have one name, by the field that holds them (a list's is its items'). */
const SHARED: Readonly<Record<string, { readonly name: string; readonly description: string }>> = {
  selector: {
    name: 'LabelSelector',
    description: 'Chooses objects by their labels. Both members must match.',
  },
  podSelector: {
    name: 'LabelSelector',
    description: 'Chooses objects by their labels. Both members must match.',
  },
  secretKeyRef: {
    name: 'SecretKeyReference',
    description: "A key of a Secret in the object's own namespace.",
  },
  configMapKeyRef: {
    name: 'ConfigMapKeyReference',
    description: "A key of a ConfigMap in the object's own namespace.",
  },
  conditions: { name: 'Condition', description: "One aspect of an object's state." },
};

/** A module with an interface for each object of the schemas. */
export function typesModule(resources: readonly CustomResource[]): string {
  const interfaces = new Map<string, string>();
  for (const resource of resources) addResource(interfaces, resource);
  return [
    '// Generated from crds/ by `npm run generate`. Do not edit.\n',
    '//\n',
    '// Fields with a default in the schema are always there: the API server and the offline reader fill them in.\n\n',
    "import type { JsonObject } from '../base/json.ts';\n",
    "import type { ObjectMeta } from './object.ts';\n",
    ...interfaces.values(),
  ].join('');
}

function addResource(
  interfaces: Map<string, string>,
  { kind, group, version, schema }: CustomResource,
): void {
  const { spec, status } = schema.properties ?? {};
  if (spec === undefined || status === undefined) throw new Error(`${kind}: expected spec and status`);
  interfaces.set(
    kind,
    [
      `\n/** ${schema.description} */\nexport interface ${kind} {\n`,
      `  readonly apiVersion: '${group}/${version}';\n`,
      `  readonly kind: '${kind}';\n`,
      '  readonly metadata: ObjectMeta;\n',
      `  readonly spec: ${kind}Spec;\n`,
      `  readonly status?: ${kind}Status;\n`,
      '}\n',
    ].join(''),
  );
  addInterface(interfaces, kind, `${kind}Spec`, spec, true);
  addInterface(interfaces, kind, `${kind}Status`, status, false);
}

/** `prefix` begins the names of the objects below; `defaulted` is false where defaults are not to be relied on. */
function addInterface(
  interfaces: Map<string, string>,
  prefix: string,
  name: string,
  schema: Schema,
  defaulted: boolean,
): void {
  interfaces.set(name, ''); // Keeps its place before those of its members.
  const members = Object.entries(schema.properties ?? {}).map(([field, property]) => {
    const present = schema.required?.includes(field) || (defaulted && property.default !== undefined);
    const named = typeOf(interfaces, prefix, field, property, defaulted);
    const type = property.nullable ? `${named} | null` : named;
    return `${comment(property.description, '  ')}  readonly ${field}${present ? '' : '?'}: ${type};\n`;
  });
  if (schema['x-kubernetes-preserve-unknown-fields']) members.push('  readonly [member: string]: unknown;\n');
  const text = `\n${comment(schema.description, '')}export interface ${name} {\n${members.join('')}}\n`;
  interfaces.set(name, text);
}

function typeOf(
  interfaces: Map<string, string>,
  prefix: string,
  field: string,
  schema: Schema,
  defaulted: boolean,
): string {
  switch (schema.type) {
    case 'string':
      return schema.enum ? schema.enum.map((value) => `'${value}'`).join(' | ') : 'string';
    case 'integer':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'array': {
      if (schema.items === undefined) throw new Error(`${prefix} ${field}: a list without items`);
      const item = typeOf(interfaces, prefix, SHARED[field] ? field : singular(field), schema.items, false);
      return `readonly ${item.includes(' ') ? `(${item})` : item}[]`;
    }
    case 'object': {
      if (schema.additionalProperties) {
        const value = typeOf(interfaces, prefix, field, schema.additionalProperties, false);
        return `Readonly<Record<string, ${value}>>`;
      }
      if (schema.properties === undefined) return 'JsonObject';
      const shared = SHARED[field];
      const name = shared?.name ?? `${prefix}${field.charAt(0).toUpperCase()}${field.slice(1)}`;
      if (!interfaces.has(name)) addInterface(interfaces, name, name, { ...schema, ...shared }, defaulted);
      return name;
    }
  }
}

/** A list's items are named in the singular: `rules` holds ApiBindingRule. */
function singular(field: string): string {
  return field.endsWith('s') ? field.slice(0, -1) : field;
}

function comment(description: string | undefined, indent: string): string {
  if (description === undefined) throw new Error('A field has no description');
  const lines = wrap(description, 100 - indent.length);
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}\n`).join('')}${indent} */\n`;
}

function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.replaceAll('*/', '*\u200b/').split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
