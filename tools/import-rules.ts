/** `make lint`'s look at who imports whom: holds the house rules against every TypeScript file, and against their picture. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { cruise, type ICruiseOptions, type ICruiseResult } from 'dependency-cruiser';
import { houseRules, rooms } from './house-rules.ts';
import { arrowsOf, differences } from './picture.ts';
import './swc-using.ts';

const folders = ['src', 'dev', 'tools', 'test'];

const options: ICruiseOptions = {
  validate: true,
  ruleSet: { forbidden: houseRules.map((rule) => ({ severity: 'error', ...rule })) },
  // With TypeScript 7 the default parser reads no module, and passes everything.
  parser: 'swc',
  tsPreCompilationDeps: true,
  doNotFollow: { path: 'node_modules' },
};

const resolution = {
  exportsFields: ['exports'],
  conditionNames: ['import', 'require', 'node', 'default', 'types'],
  extensions: ['.ts', '.tsx', '.js', '.d.ts'],
};

export interface Violation {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
  readonly comment: string;
}

/**
 * Every breach of the house rules below `root`. Throws when a TypeScript file there was not seen at all, which is
 * what a parser that cannot read the language looks like: no module, no breach, all green.
 */
export async function importViolations(root: string): Promise<readonly Violation[]> {
  const files = await typescriptFiles(root);
  if (files.length === 0) throw new Error(`no TypeScript file in ${folders.join(', ')} below ${root}`);

  const { output } = await cruise([...files], { ...options, baseDir: root }, resolution);
  if (typeof output === 'string') throw new Error('dependency-cruiser answered with text');
  const { modules, summary } = output satisfies ICruiseResult;

  const seen = new Set(modules.map(({ source }) => source));
  const unseen = files.filter((file) => !seen.has(file));
  if (unseen.length > 0) throw new Error(`dependency-cruiser did not read ${unseen.join(', ')}`);
  if (modules.every(({ dependencies }) => dependencies.length === 0)) {
    throw new Error('dependency-cruiser read the files, but saw no import in them');
  }

  const comments = new Map(houseRules.map(({ name, comment }) => [name, comment]));
  return summary.violations.map(({ rule, from, to, cycle }) => ({
    rule: rule.name,
    from,
    to: cycle?.map(({ name }) => name).join(' → ') ?? to,
    comment: comments.get(rule.name) ?? '',
  }));
}

async function typescriptFiles(root: string): Promise<readonly string[]> {
  const found = await Promise.all(
    folders.map(async (folder) => {
      const entries = await readdir(path.join(root, folder), { recursive: true }).catch(() => []);
      return entries.filter((entry) => /\.tsx?$/.test(entry)).map((entry) => path.join(folder, entry));
    }),
  );
  return found.flat();
}

/** What docs/architecture.md draws otherwise than the house rules say. */
async function pictureProblems(root: string): Promise<readonly string[]> {
  const page = await readFile(path.join(root, 'docs/architecture.md'), 'utf8');
  const { base: _, ...drawn } = rooms;
  return differences(arrowsOf(page), { ...drawn, cli: Object.keys(drawn) });
}

if (import.meta.main) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const violations = await importViolations(root);
  for (const { rule, from, to, comment } of violations) {
    console.error(`${from} must not import ${to} (${rule}): ${comment}`);
  }
  const problems = await pictureProblems(root);
  for (const problem of problems) console.error(`docs/architecture.md: ${problem} in its picture`);
  if (violations.length + problems.length > 0) process.exitCode = 1;
}
