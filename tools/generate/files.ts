/** Which files are generated, and from which CRD: one list for the command and for the test that they are current. */

import { coveragePage } from './coverage-page.ts';
import { type CustomResource, crdOf } from './crd.ts';
import { findingsPage } from './findings-page.ts';
import { referencePage } from './reference.ts';
import { refusalsPage } from './refusals-page.ts';
import { schemaModule } from './schema-module.ts';
import { statusPage } from './status-page.ts';
import { typesModule } from './types-module.ts';

const CRDS = ['crds/authenticationsources.yaml', 'crds/apibindings.yaml'] as const;

/** Path, below the repository, and text of every generated file. */
export function generatedFiles(
  read: (path: string) => string,
): readonly (readonly [path: string, text: string])[] {
  const resources: readonly CustomResource[] = CRDS.map((path) => crdOf(read(path)));
  return [
    ['src/resources/types.gen.ts', typesModule(resources)],
    ['src/resources/schema.gen.ts', schemaModule(resources)],
    ['docs/reference/findings.md', findingsPage()],
    ['docs/reference/status.md', statusPage()],
    ['docs/reference/refusals.md', refusalsPage()],
    ['docs/reference/coverage.md', coveragePage()],
    ...resources.map(
      (resource) => [`docs/reference/${resource.kind.toLowerCase()}.md`, referencePage(resource)] as const,
    ),
  ];
}
