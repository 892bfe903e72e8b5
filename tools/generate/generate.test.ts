/** Generated files are current: `npm run generate` would change none of them. */

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { crdOf } from './crd.ts';
import { generatedFiles } from './files.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

describe('generated files', () => {
  it.each(generatedFiles(read))('%s is what its CRD says', (path, text) => {
    expect(read(path), 'run `npm run generate`').toBe(text);
  });

  it('follow the CRDs', () => {
    const renamed = generatedFiles((path) => read(path).replaceAll('displayName', 'shownName'));
    for (const [path, text] of renamed.filter(([path]) => path.includes('gen.ts'))) {
      expect(text, path).toContain('shownName');
      expect(text, path).not.toContain('displayName');
    }
  });
});

/** kubectl reads YAML 1.1, where names such as y and n, without quotes, are booleans. */
describe('the CRDs', () => {
  it.each(['crds/authenticationsources.yaml', 'crds/apibindings.yaml'])(
    'say the same to kubectl: %s',
    (path) => {
      expect(parse(read(path), { version: '1.1' })).toEqual(parse(read(path)));
    },
  );
});

describe('crdOf', () => {
  it('refuses a CRD with more than one version, whose schemas could differ', () => {
    const text = read('crds/apibindings.yaml');
    const versions = text.replace('  versions:\n', '  versions:\n    - name: v1\n');
    expect(() => crdOf(versions)).toThrow('expected one version');
    expect(crdOf(text).kind).toBe('ApiBinding');
  });
});
