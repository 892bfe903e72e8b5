/** The folder feed on real folders. Every wait is for something to happen. */

import {
  appendFileSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PolicyUpdate } from '../../policy/policy.ts';
import { StartError, UsageError } from '../../process/start-error.ts';
import { feedFolder } from '../testing/feed.ts';
import { bindingText, sourceText } from '../testing/manifests.ts';

const hosts = ({ policy }: PolicyUpdate) => policy.bindings.flatMap((binding) => binding.hosts);

let folder: string;
let cleanUps: (() => unknown)[];
let write: ReturnType<typeof feedFolder>['write'];
let setUp: ReturnType<typeof feedFolder>['setUp'];
let remove: () => Promise<void>;

beforeEach(() => {
  ({ folder, cleanUps, write, setUp, remove } = feedFolder());
});
afterEach(() => remove());

describe('cannot start', () => {
  it('without the folder', async () => {
    const { start } = setUp({ folder: join(folder, 'missing') });
    await expect(start()).rejects.toThrow(StartError);
    await expect(start()).rejects.toThrow(/missing does not exist\.$/);
  });
  it('on a file', async () => {
    write('a.yaml', bindingText('a', 'a.example'));
    await expect(setUp({ folder: join(folder, 'a.yaml') }).start()).rejects.toThrow(
      'is a file, not a folder',
    );
  });
  it('on a folder without YAML files', async () => {
    write('notes.txt', 'none');
    write('.hidden.yaml', bindingText('a', 'a.example'));
    mkdirSync(join(folder, 'deeper.yaml'));
    await expect(setUp().start()).rejects.toThrow('has no YAML file in it');
  });
  it('with blocks that are none', () => {
    expect(() => setUp({ fetchDenyCidrs: ['10.0.0.0/99'] })).toThrow(UsageError);
    expect(() => setUp({ fetchDenyCidrs: ['10.0.0.0/99'] })).toThrow(
      '--fetch-deny-cidrs: "10.0.0.0/99" is not',
    );
  });
});

describe('follows', () => {
  async function running() {
    write('source.yaml', sourceText());
    write('a.yaml', bindingText('a', 'a.example'));
    const feed = setUp();
    await feed.start();
    expect(hosts(feed.last())).toEqual(['a.example']);
    return feed;
  }

  it('a new file, with any of the endings', async () => {
    const { until, last } = await running();
    write('b.yml', bindingText('b', 'b.example'));
    await until(() => hosts(last()).includes('b.example'));
    write('c.YAML', bindingText('c', 'c.example'));
    await until(() => hosts(last()).includes('c.example'));
  });

  it('a file that is written over, and says so once it is in force', async () => {
    const { until, last, lines } = await running();
    write('a.yaml', bindingText('a', 'other.example'));
    await until(() => lines.includes('a.yaml: in force'));
    expect(hosts(last())).toEqual(['other.example']);
  });

  it('two files of which one alone is wrong: the last word is of how it is', async () => {
    const { until, lines } = await running();
    write('source.yaml', sourceText({ name: 'other' }));
    await until(() => lines.some((line) => line.startsWith('a.yaml: until its errors are mended')));
    write('source.yaml', sourceText());
    await until(() => lines.at(-2) === 'a.yaml: mended, in force');
    expect(lines.at(-1)).toBe('source.yaml: in force, without AuthenticationSource default/other');
  });

  it('an editor that renames the new over the old', async () => {
    const { until, last, updates } = await running();
    write('.a.yaml.swp', bindingText('a', 'renamed.example'));
    renameSync(join(folder, 'a.yaml'), join(folder, 'a.yaml~'));
    renameSync(join(folder, '.a.yaml.swp'), join(folder, 'a.yaml'));
    await until(() => hosts(last()).join() === 'renamed.example');
    expect(updates.map((update) => hosts(update).length)).not.toContain(0);
  });

  it('a file that is deleted, with its objects', async () => {
    const { until, last, lines } = await running();
    unlinkSync(join(folder, 'a.yaml'));
    await until(() => lines.some((line) => line.startsWith('a.yaml is gone')));
    expect(lines.at(-1)).toMatch(/^a\.yaml is gone, and with it ApiBinding default\/a: /);
    expect(hosts(last())).toEqual([]);
  });

  it('a file that is written in pieces, of which the first is YAML too', async () => {
    const { until, updates, last } = await running();
    const text = `${bindingText('a', 'one.example')}---\n${bindingText('b', 'two.example')}`;
    write('a.yaml', text.slice(0, text.indexOf('---')));
    appendFileSync(join(folder, 'a.yaml'), text.slice(text.indexOf('---')));
    await until(() => hosts(last()).includes('two.example'));
    expect(updates.map((update) => hosts(update).join())).toEqual(['a.example', 'one.example,two.example']);
  });

  it('a file that breaks, and is mended', async () => {
    const { until, last, lines } = await running();
    write('a.yaml', 'kind: [');
    await until(() => lines.some((line) => line.includes('last good state')));
    expect(lines).toContainEqual(expect.stringMatching(/^a\.yaml:1:/));
    expect(hosts(last())).toEqual(['a.example']);
    write('a.yaml', bindingText('a', 'mended.example'));
    await until(() => lines.at(-1) === 'a.yaml: mended, in force');
    expect(hosts(last())).toEqual(['mended.example']);
  });

  it('a folder that goes away and comes back', async () => {
    const { until, last, lines } = await running();
    renameSync(folder, `${folder}-gone`);
    cleanUps.push(() => rmSync(`${folder}-gone`, { recursive: true, force: true }));
    await until(() => lines.some((line) => line.includes('does not exist; what was read from it stays')));
    expect(hosts(last())).toEqual(['a.example']);
    mkdirSync(folder);
    write('b.yaml', bindingText('b', 'back.example'));
    await until(() => hosts(last()).join() === 'back.example');
  });

  it('nothing more once it is stopped', async () => {
    const { feed, updates, until, last } = await running();
    feed.stop();
    const other = setUp();
    await other.start();
    write('b.yaml', bindingText('b', 'b.example'));
    await other.until(() => hosts(other.last()).includes('b.example'));
    expect(updates).toHaveLength(1);
    await until(() => hosts(last()).length === 1);
  });
});

it('a mounted ConfigMap: its files are links, and all change at once', async () => {
  const mount = (version: string, files: Readonly<Record<string, string>>) => {
    mkdirSync(join(folder, version));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, version, name), text);
    symlinkSync(version, join(folder, '..data_tmp'));
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
  };
  mount('..2026_1', { 'a.yaml': bindingText('a', 'one.example'), 'source.yaml': sourceText() });
  for (const name of ['a.yaml', 'source.yaml']) symlinkSync(join('..data', name), join(folder, name));
  const { start, until, last } = setUp();
  await start();
  expect(hosts(last())).toEqual(['one.example']);
  mount('..2026_2', { 'a.yaml': bindingText('a', 'two.example'), 'source.yaml': sourceText() });
  await until(() => hosts(last()).join() === 'two.example');
});

it('what a binding lacks is told with file, line and remedy, once', async () => {
  write('a.yaml', bindingText('a', 'a.example', 'Required'));
  const { start, lines, until, last } = setUp();
  await start();
  const told = () => lines.filter((line) => line.includes('SourceNotPermitted'));
  expect(told()).toEqual([
    expect.stringMatching(/^a\.yaml:5:\d+: error: ApiBinding default\/a: spec\.sources\[0\]/),
  ]);
  write('b.yaml', bindingText('b', 'b.example').replace('"okta"', '"nobody"'));
  await until(() => hosts(last()).includes('b.example'));
  expect(told().filter((line) => line.startsWith('a.yaml'))).toHaveLength(1);
});
