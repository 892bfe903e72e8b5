/** Makes types, offline schema and reference pages from the CRDs, and code from proto/: `npm run generate`. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generatedFiles } from './generate/files.ts';
import { generateMessages } from './generate/messages.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

const files = [
  ...generatedFiles((file) => readFileSync(join(root, file), 'utf8')),
  ...(await generateMessages(join(root, 'proto/ext_authz.proto'))),
];
for (const [path, text] of files) {
  const target = join(root, path);
  if (existsSync(target) && readFileSync(target, 'utf8') === text) continue;
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
  console.log(`Wrote ${path}`);
}
