import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { manualClock } from '../../base/testing/manual-clock.ts';
import { policyOf } from '../testing/policies.ts';
import { settle } from '../testing/transport.ts';
import { type Disk, systemDisk } from './disk.ts';
import { type HeldPolicy, hold } from './held.ts';
import { createStateStore, TIMES_INTERVAL } from './state-store.ts';

const FOLDER = '/state';
const FILE = '/state/policy.json';
const ORIGIN = { url: 'https://portcullis.svc/', gateway: '' };

function setUp() {
  const clock = manualClock();
  const files = new Map<string, string>();
  const lines: string[] = [];
  let failure: string | undefined;
  let writes = 0;
  const fail = () => {
    if (failure !== undefined) throw Object.assign(new Error('no'), { code: failure });
  };
  const disk: Disk = {
    read: async (file) => {
      fail();
      return files.get(file);
    },
    replace: async (file, text) => {
      writes += 1;
      await settle();
      fail();
      files.set(file, text);
    },
  };
  const hear = (line: string) => void lines.push(line);
  const log = { info: hear, warn: hear, error: hear, flush: async () => {} };
  const store = createStateStore({ folder: FOLDER, origin: ORIGIN, disk, clock, log });
  return {
    clock,
    files,
    lines,
    store,
    writes: () => writes,
    failWith: (code: string | undefined) => {
      failure = code;
    },
    done: async () => {
      for (let turn = 0; turn < 5; turn++) await settle();
    },
  };
}

const held = (name: string): HeldPolicy =>
  hold({ policy: policyOf(name), secrets: new Map(), keysChecked: new Map() }, undefined, 0);

describe('the state', () => {
  it('comes back as it was saved', async () => {
    const { store, done, lines } = setUp();
    expect(await store.load()).toBeUndefined();
    store.save(held('a'), 7);
    await done();
    expect(await store.load()).toMatchObject({ held: held('a'), confirmedAt: 7 });
    expect(lines).toEqual([]);
  });

  it('is written again for another policy at once, and for times once a minute', async () => {
    const { store, clock, done, writes } = setUp();
    const a = held('a');
    store.save(a, 1);
    await done();
    for (let passed = 0; passed < TIMES_INTERVAL - 10_000; passed += 10_000) {
      clock.advance(10_000);
      store.save({ ...a, keysChecked: new Map([['uid-okta', passed]]) }, passed);
      await done();
    }
    expect(writes()).toBe(1);
    clock.advance(10_000);
    store.save(a, 99);
    await done();
    expect([writes(), (await store.load())?.confirmedAt]).toEqual([2, 99]);
    store.save(held('b'), 100);
    await done();
    expect([writes(), (await store.load())?.confirmedAt]).toEqual([3, 100]);
  });

  it('is written one after the other, and of many policies only the last', async () => {
    const { store, done, writes } = setUp();
    for (const name of ['a', 'b', 'c', 'd']) store.save(held(name), 1);
    await done();
    expect([writes(), (await store.load())?.held.policy]).toEqual([2, policyOf('d')]);
  });

  it('that cannot be written costs one line until it can again', async () => {
    const { store, done, lines, failWith } = setUp();
    failWith('ENOSPC');
    for (const name of ['a', 'b', 'c']) {
      store.save(held(name), 1);
      await done();
    }
    expect(lines).toEqual([
      expect.stringMatching(/^the policy cannot be kept in \/state\/policy\.json \(ENOSPC\)/),
    ]);
    failWith(undefined);
    store.save(held('d'), 1);
    await done();
    failWith('EROFS');
    store.save(held('e'), 1);
    await done();
    expect(lines).toHaveLength(2);
  });

  it.each([
    ['half a file', '{"format":1,"po', 'is broken'],
    ['a foreign file', 'hello', 'is broken'],
  ])('that is %s is passed over with a line', async (_, text, problem) => {
    const { store, files, lines } = setUp();
    files.set(FILE, text);
    expect(await store.load()).toBeUndefined();
    expect(lines).toEqual([`the policy on disk is passed over: ${FILE} ${problem}`]);
  });

  it('that cannot be read is passed over with a line', async () => {
    const { store, lines, failWith } = setUp();
    failWith('EACCES');
    expect(await store.load()).toBeUndefined();
    expect(lines).toEqual([`the policy on disk is passed over: ${FILE} cannot be read (EACCES)`]);
  });
});

describe('on a real disk', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'portcullis-state-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('a file is replaced as a whole, for its owner alone, in a folder that is made', async () => {
    const file = join(folder, 'state', 'policy.json');
    expect(await systemDisk.read(file)).toBeUndefined();
    await systemDisk.replace(file, 'first, and longer');
    await systemDisk.replace(file, 'second');
    expect(await systemDisk.read(file)).toBe('second');
    expect(readdirSync(join(folder, 'state'))).toEqual(['policy.json']);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('a draft that a crash left behind does no harm', async () => {
    const file = join(folder, 'policy.json');
    writeFileSync(file, 'good');
    writeFileSync(`${file}.new`, 'half of something much longer than what comes');
    expect(await systemDisk.read(file)).toBe('good');
    await systemDisk.replace(file, 'better');
    expect(readFileSync(file, 'utf8')).toBe('better');
    expect(existsSync(`${file}.new`)).toBe(false);
  });

  it('what cannot be written rejects with its code', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(systemDisk.replace(join(folder, 'file', 'policy.json'), 'x')).rejects.toMatchObject({
      code: expect.stringMatching(/^(ENOTDIR|EEXIST)$/),
    });
  });
});
