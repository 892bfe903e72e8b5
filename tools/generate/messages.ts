/** Makes the code that reads and writes proto/ext_authz.proto, with protobufjs' own generator. */

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { main } from 'protobufjs-cli/pbjs.js';

const pbjs = promisify(main);

const TARGET = 'src/validator/grpc/messages.gen';

const OPTIONS = [
  ...[
    '--target',
    'static-module',
    '--wrap',
    'esm',
    '--dependency',
    'protobufjs/minimal.js',
    '--force-number',
  ],
  ...['--no-create', '--no-verify', '--no-convert', '--no-delimited', '--no-typeurl', '--no-service'],
];

/** Path and text of each file, for a given path of the .proto. */
export async function generateMessages(
  proto: string,
): Promise<readonly (readonly [path: string, text: string])[]> {
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-messages-'));
  try {
    const out = join(folder, 'messages.js');
    // The types are made from the comments, which the code is then better without.
    await pbjs([...OPTIONS, '--dts', '--out', out, proto]);
    const types = await readFile(join(folder, 'messages.d.ts'), 'utf8');
    await pbjs([...OPTIONS, '--no-comments', '--out', out, proto]);
    const code = await readFile(out, 'utf8');
    return [
      [`${TARGET}.js`, headed(code)],
      [`${TARGET}.d.ts`, headed(types)],
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function headed(text: string): string {
  return `// Generated from proto/ext_authz.proto by "npm run generate". Do not edit.\n${text}`;
}
