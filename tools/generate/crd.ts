/** Reads what the generators need from a CRD's YAML. */

import { parse } from 'yaml';
import type { Schema } from '../../src/resources/schema.ts';

export interface CustomResource {
  readonly kind: string;
  readonly plural: string;
  readonly shortNames: readonly string[];
  readonly group: string;
  readonly version: string;
  readonly columns: readonly { readonly name: string; readonly priority?: number }[];
  readonly schema: Schema;
}

/** The CRDs are our own files, checked by a real API server in the tests: their shape is taken as given. */
interface CrdDocument {
  readonly spec: {
    readonly group: string;
    readonly names: {
      readonly kind: string;
      readonly plural: string;
      readonly shortNames?: readonly string[];
    };
    readonly versions: readonly {
      readonly name: string;
      readonly additionalPrinterColumns: CustomResource['columns'];
      readonly schema: { readonly openAPIV3Schema: Schema };
    }[];
  };
}

/** The one version that a CRD of ours has. */
export function crdOf(text: string): CustomResource {
  const { spec } = parse(text) as CrdDocument;
  const [version, ...others] = spec.versions;
  if (version === undefined || others.length > 0) throw new Error(`${spec.names.kind}: expected one version`);
  return {
    kind: spec.names.kind,
    plural: spec.names.plural,
    shortNames: spec.names.shortNames ?? [],
    group: spec.group,
    version: version.name,
    columns: version.additionalPrinterColumns,
    schema: version.schema.openAPIV3Schema,
  };
}
