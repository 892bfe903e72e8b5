/** What the pages for users name, against the code: flags of commands, labels and annotations, values of the chart, links. */

import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { run } from '../tools/run.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MAIN = path.join(ROOT, 'src/cli/main.ts');

const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');
const pages = ['README.md', 'SECURITY.md', 'CONTRIBUTING.md', ...globSync('docs/**/*.md', { cwd: ROOT })].map(
  (file) => ({ file, text: read(file) }),
);

/** Of blocks each line, with those that a backslash continues, and every piece of code in the text. */
function codeOf(text: string): readonly string[] {
  const blocks = [...text.matchAll(/^```\w*\n(.*?)^```$/gms)].flatMap(([, block = '']) =>
    block.replaceAll(/\\\n\s*/g, ' ').split('\n'),
  );
  const rest = text.replaceAll(/^```.*?^```$/gms, '');
  return [...blocks, ...[...rest.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)];
}

/** Where it stands, for messages. */
const found = (pick: (code: string) => readonly string[]): readonly (readonly [string, string])[] =>
  pages.flatMap(({ file, text }) =>
    codeOf(text).flatMap((code) => pick(code).map((name) => [name, file] as const)),
  );

describe('the pages', () => {
  it('give commands of portcullis no flags that they do not have', async () => {
    const used = found((code) => {
      const [, command, rest = ''] = /(?:^|[\s/])portcullis ([a-z-]+)\b([^|]*)/.exec(code) ?? [];
      if (command === undefined) return [];
      return [...rest.matchAll(/\s(--[a-z][a-z-]*)/g)].map(([, flag]) => `${command} ${flag}`);
    }).filter(([name]) => COMMANDS.some((command) => name.startsWith(`${command} `)));
    expect(used.length).toBeGreaterThan(30);
    const help = new Map<string, string>();
    for (const command of COMMANDS) {
      help.set(command, (await run(process.execPath, [MAIN, command, '--help'])).stdout);
    }
    const unknown = used.filter(([name]) => {
      const [command = '', flag = ''] = name.split(' ');
      return !new RegExp(`${flag}\\b(?!-)`).test(help.get(command) ?? '');
    });
    expect(unknown).toEqual([]);
  });

  it('name no files of code that are not there', () => {
    const files = globSync('{src,tools,test}/**/*.ts', { cwd: ROOT });
    const named = ['docs/architecture.md', 'CONTRIBUTING.md']
      .flatMap((page) => codeOf(read(page)))
      .filter((code) => /^[a-z/-]+\.ts$/.test(code));
    expect(named.length).toBeGreaterThan(25);
    expect(named.filter((name) => !files.some((file) => `/${file}`.endsWith(`/${name}`)))).toEqual([]);
  });

  it('know no labels and annotations but those of their reference', () => {
    const listed = codeOf(read('docs/reference/labels.md')).flatMap(namesIn);
    // Of a request and its limit the second is written `-cpu-limit`.
    const reference = new Set(listed.flatMap((name) => [name, name.replace(/request$/, 'limit')]));
    const names = found(namesIn).filter(([name]) => !OF_OTHERS.test(name));
    expect(names.length).toBeGreaterThan(50);
    expect(names.filter(([name]) => !reference.has(name))).toEqual([]);
  });

  it('set no values that the chart does not have', () => {
    const values: unknown = parse(read('helm/portcullis/values.yaml'));
    const set = found((code) =>
      /\bhelm\b/.test(code)
        ? [...code.matchAll(/--set(?:-\w+)?[ =]'?([\w.]+)=/g)].map(([, name = '']) => name)
        : [],
    );
    expect(set.length).toBeGreaterThan(3);
    expect(set.filter(([name]) => !isThere(values, name.split('.')))).toEqual([]);
  });

  it('link to what is there', () => {
    const links = pages.flatMap(({ file, text }) =>
      [...text.replaceAll(/^```.*?^```$/gms, '').matchAll(/\]\(([^)\s]+)\)/g)].map(
        ([, link = '']) => [link, file] as const,
      ),
    );
    expect(links.length).toBeGreaterThan(100);
    expect(links.filter(([link, file]) => !/^[a-z]+:/.test(link) && !leads(file, link))).toEqual([]);
  });
});

const COMMANDS = [
  'validator',
  'operator',
  'capture',
  'lint',
  'explain',
  'test',
  'check',
  'status',
  'coverage',
  'report',
  'trace',
  'console',
  'inject',
  'uninject',
  'envoy-config',
];

/** Under the same domain: versions of the API, types of problems, who writes Events, and the token's folder. */
const OF_OTHERS = /\/(v\d\w*|problems|operator|token)\b/;

/** In `authenticationsource.portcullis.dev/okta` it is no label, but kubectl's way to name an object. */
const namesIn = (code: string): readonly string[] =>
  [...code.matchAll(/(?<![\w.])portcullis\.dev\/[\w{},.-]*[\w}]/g)].flatMap(([name]) => spelt(name));

/** `a-{b,c}` stands for a-b and a-c. */
function spelt(name: string): readonly string[] {
  const [, before = '', inner, after = ''] = /^(.*?)\{([^{}]*)\}(.*)$/s.exec(name) ?? [];
  return inner === undefined ? [name] : inner.split(',').flatMap((one) => spelt(`${before}${one}${after}`));
}

function isThere(values: unknown, [name, ...rest]: readonly string[]): boolean {
  if (name === undefined) return true;
  if (typeof values !== 'object' || values === null || !Object.hasOwn(values, name)) return false;
  return isThere(Object.entries(values).find(([key]) => key === name)?.[1], rest);
}

function leads(from: string, link: string): boolean {
  const [to = '', anchor] = link.split('#');
  const target = to === '' ? from : path.join(path.dirname(from), to);
  if (!existsSync(path.join(ROOT, target))) return false;
  return anchor === undefined || !target.endsWith('.md') || anchorsOf(read(target)).includes(anchor);
}

/** As GitHub makes them of headings. */
const anchorsOf = (text: string): readonly string[] =>
  [...text.replaceAll(/^```.*?^```$/gms, '').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
