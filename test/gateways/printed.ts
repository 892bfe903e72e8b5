/** What `portcullis envoy-config` prints for a gateway, part by part. */

import { join } from 'node:path';
import { mustRun } from '../../tools/run.ts';

const program = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');

/** The parts of a configuration in a language of the gateway's own, which `# ---` stands between. */
export async function printedParts(...args: readonly string[]): Promise<readonly string[]> {
  return (await printedText(...args)).split('# ---\n');
}

export const printedText = (...args: readonly string[]): Promise<string> =>
  mustRun(process.execPath, [program, 'envoy-config', '--for', ...args]);
