/** Istio's programs, built once from its Go module, the quicker after those of Kubernetes, with which they share libraries. */

import path from 'node:path';
import { fromGoSource } from '../../../tools/go-source.ts';

/** As go.mod of the programs has it. */
export const ISTIO = { module: 'istio.io/istio', version: 'v0.0.0-20260827124520-eed52ebb66ad' } as const;

const PROGRAMS = ['pilot-discovery', 'pilot-agent'] as const;

export async function istioProgram(name: (typeof PROGRAMS)[number]): Promise<string> {
  const built = await fromGoSource({
    name: 'istio',
    folder: path.join(import.meta.dirname, 'programs'),
    files: PROGRAMS.map((program) => `${program}/main.go`),
    packages: PROGRAMS.map((program) => `./${program}`),
    // As Istio itself builds it: without the code that checks Envoy's messages field by field.
    tags: 'disable_pgv',
  });
  return path.join(built, name);
}
