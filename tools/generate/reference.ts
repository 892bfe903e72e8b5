/** Generates docs/reference/*.md: a table of every field of a kind. */

import type { Schema } from '../../src/resources/schema.ts';
import type { CustomResource } from './crd.ts';

/** A Markdown page with the fields of spec and status, and the rules that the schema checks. */
export function referencePage(resource: CustomResource): string {
  const { kind, group, version, schema, shortNames, columns } = resource;
  const { spec, status } = schema.properties ?? {};
  if (spec === undefined || status === undefined) throw new Error(`${kind}: expected spec and status`);
  const shown = columns.filter(({ priority }) => !priority).map(({ name }) => name.toUpperCase());
  const wide = columns.filter(({ priority }) => priority).map(({ name }) => name.toUpperCase());
  return [
    `<!-- Generated from crds/${resource.plural}.yaml by \`npm run generate\`. Do not edit. -->\n\n`,
    `# ${kind}\n\n${schema.description}\n\n`,
    `\`apiVersion: ${group}/${version}\` · namespaced · short names ${shortNames.map(code).join(', ')}\n\n`,
    `\`kubectl get ${resource.plural}\` shows NAME ${shown.join(' ')}; \`-o wide\` adds ${wide.join(' ')}.\n\n`,
    `## spec\n\n${table('spec', spec)}\n`,
    `## Checked together\n\nBeyond each field's own limits:\n\n${rules('spec', spec).join('')}\n`,
    `## status\n\n${table('status', status)}`,
  ].join('');
}

function table(path: string, schema: Schema): string {
  return `| Field | Type | Default | Meaning |\n|---|---|---|---|\n${rows(path, schema).join('')}`;
}

function rows(path: string, schema: Schema): readonly string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const required = schema.required?.includes(name) ? ' **Required.**' : '';
    const field = `${path}.${name}`;
    const row = `| ${code(field)} | ${typeText(property)} | ${defaultText(property)} | ${cell(property.description ?? '')}${required} |\n`;
    const inner = property.items ?? property;
    return [row, ...rows(property.items ? `${field}[]` : field, inner)];
  });
}

function rules(path: string, schema: Schema): readonly string[] {
  const own = (schema['x-kubernetes-validations'] ?? []).map(
    ({ message, fieldPath }) => `- ${code(path + (fieldPath ?? ''))}: ${message}\n`,
  );
  const below = Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
    rules(`${path}.${name}`, property),
  );
  return [...own, ...below, ...(schema.items ? rules(`${path}[]`, schema.items) : [])];
}

function typeText(schema: Schema): string {
  switch (schema.type) {
    case 'array':
      return `list${range(schema.minItems, schema.maxItems, '')} of ${typeText(schema.items ?? schema)}`;
    case 'object':
      return schema.additionalProperties ? `map of ${typeText(schema.additionalProperties)}` : 'object';
    case 'string':
      return schema.enum
        ? schema.enum.map(code).join(', ')
        : `string${range(schema.minLength, schema.maxLength, ' characters')}`;
    case 'integer':
      return `integer${range(schema.minimum, schema.maximum, '')}`;
    case 'boolean':
      return 'boolean';
  }
}

function range(least: number | undefined, most: number | undefined, unit: string): string {
  if (most === undefined) return least === undefined ? '' : ` (≥ ${least}${unit})`;
  return least === undefined ? ` (≤ ${most}${unit})` : ` (${least}–${most}${unit})`;
}

function defaultText(schema: Schema): string {
  return schema.default === undefined ? '' : code(JSON.stringify(schema.default));
}

const code = (text: string): string => `\`${text.replaceAll('|', '\\|')}\``;
const cell = (text: string): string => text.replaceAll('|', '\\|');
