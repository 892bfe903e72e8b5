/** The folder of manifests to enforce: examples/quickstart itself, so that saving a file there has effect. */

import { cpSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The issuer as the example names it. */
const ISSUER = /http:\/\/127\.0\.0\.1:(\d+)/;

export interface Manifests {
  readonly folder: string;
  /** True where another issuer had to be put in. */
  readonly copied: boolean;
}

/** The port that the example expects the identity provider at; undefined if someone has changed it. */
export function issuerPort(example: string): number | undefined {
  for (const name of readdirSync(example)) {
    const port = ISSUER.exec(readFileSync(join(example, name), 'utf8'))?.[1];
    if (port !== undefined) return Number(port);
  }
  return undefined;
}

/** The example, if the provider is where it says; else a copy below `scratch` that names its true place. */
export function manifestsFor(example: string, issuer: string, scratch: string): Manifests {
  const port = issuerPort(example);
  if (port === undefined || issuer.endsWith(`:${port}`)) return { folder: example, copied: false };
  const folder = mkdtempSync(join(scratch, 'manifests-'));
  cpSync(example, folder, { recursive: true });
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    writeFileSync(path, readFileSync(path, 'utf8').replace(ISSUER, issuer));
  }
  return { folder, copied: true };
}
