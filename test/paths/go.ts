/** Go's own router, as it is, and as it was before Go 1.22. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { cached } from '../../tools/cache.ts';
import { findGo } from '../../tools/go.ts';
import { mustRun } from '../../tools/run.ts';
import { Server } from '../support/server.ts';
import { type Family, listening, placeOf } from './server.ts';

export const go: Family = goFamily('Go 1.26 ServeMux', '');
export const oldGo: Family = goFamily('Go 1.21 ServeMux', 'httpmuxgo121=1');

function goFamily(name: string, setting: string): Family {
  return {
    names: [name],
    start: async () => {
      const server = new Server({ name, program: await build(), args: [name], env: { GODEBUG: setting } });
      return listening(server, [name]);
    },
  };
}

async function build(): Promise<string> {
  const source = path.join(import.meta.dirname, 'go', 'main.go');
  const folder = await cached(placeOf('go', await readFile(source, 'utf8')), async (place) => {
    await mustRun(await findGo(), ['build', '-o', path.join(place, 'paths'), source], {
      env: { CGO_ENABLED: '0' },
    });
  });
  return path.join(folder, 'paths');
}
