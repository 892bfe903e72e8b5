/** istiod, built once from its Go module, the quicker after the programs of Kubernetes, with which it shares libraries. */

import path from 'node:path';
import { fromGoSource } from '../../../tools/go-source.ts';

export async function istiodProgram(): Promise<string> {
  const built = await fromGoSource({
    name: 'istiod',
    folder: path.join(import.meta.dirname, 'server'),
    files: ['main.go'],
    packages: ['.'],
    // As Istio itself builds it: without the code that checks Envoy's messages field by field.
    tags: 'disable_pgv',
  });
  return path.join(built, 'server');
}
