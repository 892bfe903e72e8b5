/** The folder of manifests to enforce: that of the example itself, so that saving a file there has effect. */

import { cpSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';

/** The issuer as an example names it. */
const ISSUER = /(?<=issuer: )http:\/\/127\.0\.0\.1:(\d+)/;
/** Where clients call the API, in the identifier of a resource. */
const API = /(?<=identifier: )http:\/\/127\.0\.0\.1:\d+/;

/** Both as `http://127.0.0.1:port`. */
export interface Origins {
  readonly issuer: string;
  readonly api: string;
}

export interface Manifests {
  readonly folder: string;
  /** True where another origin had to be put in. */
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

/** The example, if all is where it says; else a copy below `scratch` that names the true places. */
export function manifestsFor(example: string, { issuer, api }: Origins, scratch: string): Manifests {
  const files = readdirSync(example).map((name) => {
    const text = readFileSync(join(example, name), 'utf8');
    return { name, text, placed: text.replace(ISSUER, issuer).replace(API, api) };
  });
  if (files.every(({ text, placed }) => text === placed)) return { folder: example, copied: false };
  const folder = mkdtempSync(join(scratch, 'manifests-'));
  cpSync(example, folder, { recursive: true });
  for (const { name, placed } of files) writeFileSync(join(folder, name), placed);
  return { folder, copied: true };
}

/** Short below the working directory, and absolute elsewhere, so that it can be pasted anywhere. */
export function shownPath(folder: string): string {
  const path = relative('', folder) || '.';
  return path.startsWith('..') || isAbsolute(path) ? folder : path;
}

/** Which files to change so that it has effect. */
export function whatToEdit({ copied }: Manifests, example: string): string {
  const original = shownPath(example);
  return copied
    ? `Change those, not ${original}: they are a copy with the ports of this run, and go when it ends. A change is in force a moment after it is saved.`
    : 'Change one and save it: it is in force a moment later.';
}
