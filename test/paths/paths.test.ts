import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askAll, type Handler } from './ask.ts';
import { CORPUS, DISGUISES, generated, HONEST } from './corpus.ts';
import { doorsOf } from './doors.ts';
import { node } from './express.ts';
import { go, oldGo } from './go.ts';
import { earlierJakarta, jakarta, javax, laterJavax } from './java.ts';
import { nginx } from './nginx.ts';
import { php, phpFiles } from './php.ts';
import { python } from './python.ts';
import { rails } from './rails.ts';
import { type Listening, started } from './server.ts';

const FAMILIES = {
  jakarta,
  earlierJakarta,
  javax,
  laterJavax,
  go,
  oldGo,
  node,
  python,
  rails,
  nginx,
  php,
  phpFiles,
};

const page = await readFile(path.join(import.meta.dirname, '../../docs/paths.md'), 'utf8');
const PATHS = [...CORPUS, ...generated(500)];

describe.each(Object.entries(FAMILIES))('servers of %s', (_, family) => {
  let servers: Listening;
  beforeAll(async () => {
    servers = await started(family);
  });
  afterAll(() => servers?.stop());

  describe.each(family.names)('%s', (name) => {
    const ask = (paths: readonly string[]): Promise<readonly (Handler | undefined)[]> =>
      askAll(servers.ports.get(name) ?? 0, paths);

    it('reaches no handler that a caller without a token may not, wherever one is allowed', async () => {
      const reached = await ask(PATHS);
      const wronglyAllowed = PATHS.flatMap((path, i) => {
        const handler = reached[i];
        if (handler === undefined) return [];
        const others = doorsOf(path).filter((open) => open !== handler);
        return others.map((open) => `${path} reaches ${handler}, and is allowed where ${open} is open`);
      });
      expect(wronglyAllowed).toEqual([]);
    });

    it('serves honest callers, who are allowed', async () => {
      const reached = await ask(HONEST);
      // PHP's own server takes a dot for the name of a file, and has none.
      const unserved = HONEST.filter((path, i) => reached[i] === undefined && !path.includes('.'));
      expect(unserved).toEqual([]);
      expect(HONEST.filter((_, i) => reached[i] !== undefined && reached[i] !== 'public')).toEqual([]);
      expect(HONEST.filter((path) => !doorsOf(path).includes('public'))).toEqual([]);
      expect(await ask(['/admin', '/admin/x', '/orders'])).toEqual(['admin', 'admin', 'other']);
    });

    it('reads as the page about paths says', async () => {
      const reached = await ask(DISGUISES);
      const forms = DISGUISES.filter((_, i) => reached[i] === 'admin').map((path) => `\`${path}\``);
      const row = page.split('\n').find((line) => line.startsWith(`| ${name} |`));
      expect(row).toBe(`| ${name} | ${forms.join(' ')} |`);
    });
  });
});
