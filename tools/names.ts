/** `make lint`'s look at exported names: in src/ each has one meaning, so that a name found anywhere is understood there. */

import { fileURLToPath } from 'node:url';
import { namesOfManyMeanings } from './house/names.ts';
import { isTest, readSources } from './house/sources.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const sources = await readSources(root);
const shared = namesOfManyMeanings(sources.filter(({ path }) => path.startsWith('src/') && !isTest(path)));
for (const { name, files } of shared) {
  console.error(
    `${name} is exported with ${files.length} meanings, by ${files.join(', ')}: give each its own name`,
  );
}
if (shared.length > 0) process.exitCode = 1;
