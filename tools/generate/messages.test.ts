import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { generateMessages } from './messages.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

it('the code that reads and writes ext_authz messages is what the .proto says', async () => {
  const files = await generateMessages(join(root, 'proto/ext_authz.proto'));
  expect(files.map(([path]) => path)).toEqual([
    'src/validator/grpc/messages.gen.js',
    'src/validator/grpc/messages.gen.d.ts',
  ]);
  for (const [path, text] of files) {
    expect(readFileSync(join(root, path), 'utf8') === text, `${path}: run \`npm run generate\``).toBe(true);
  }
});
