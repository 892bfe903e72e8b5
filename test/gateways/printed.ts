/** What `portcullis envoy-config` prints for a gateway, part by part, and what its page has around that. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun } from '../../tools/run.ts';
import type { GatewayParts } from './gateway.ts';

const program = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');

/** The parts of a configuration in a language of the gateway's own, which `# ---` stands between. */
export async function printedParts(...args: readonly string[]): Promise<readonly string[]> {
  return (await printedText(...args)).split('# ---\n');
}

export const printedText = (...args: readonly string[]): Promise<string> =>
  mustRun(process.execPath, [program, 'envoy-config', '--for', ...args]);

/** The options that say how this validator is asked over HTTP, and about what. */
export function asked({ http, ca, manifests }: GatewayParts['validator']): readonly string[] {
  const place =
    ca === undefined
      ? ['--address', `127.0.0.1:${http}`]
      : ['--address', `localhost:${http}`, '--tls', 'on', '--ca', ca];
  return manifests === undefined ? place : [...place, '-f', manifests];
}

/** The one block in this language, with this text in it, on the gateway's page in docs/gateways. */
export async function blockOf(page: string, language: string, holding = ''): Promise<string> {
  const text = await readFile(
    join(import.meta.dirname, '..', '..', 'docs', 'gateways', `${page}.md`),
    'utf8',
  );
  const blocks = [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(
    ([, block = '']) => block,
  );
  const [block, ...more] = blocks.filter((one) => one.includes(holding));
  if (block === undefined || more.length > 0) throw new Error(`${page}.md has not one block of ${language}`);
  return block;
}
