import { describe, expect, it } from 'vitest';
import {
  bundleOf,
  readAuthority,
  readSecretData,
  readServer,
  type SecretData,
  writeAuthority,
  writeSecretData,
  writeServer,
} from './authority.ts';
import { authorityMade, authorityOf, DAY, foreignAuthority, START, serverMade } from './testing/issuing.ts';

const [old, now, coming] = await Promise.all([
  authorityMade(START - 276 * DAY),
  authorityMade(START - DAY),
  authorityMade(START),
]);
const server = await serverMade(START, now);
const foreign = await foreignAuthority();

const full = authorityOf(now, {
  next: { certificate: coming, publishedAt: START + 1 },
  previous: { certificate: old, retiredAt: START + 2 },
});
const data = writeAuthority(full);
const without = (...names: readonly string[]): SecretData =>
  Object.fromEntries(Object.entries(data).filter(([name]) => !names.includes(name)));

describe("an authority's Secret", () => {
  it('is read as it was written, through the API', () => {
    const read = readAuthority(readSecretData(writeSecretData(data)));
    const { next, previous } = read;
    expect(writeAuthority({ current: read.current ?? old, next, previous })).toEqual(data);
    expect(read).toMatchObject({ orphan: undefined, debris: false });
    expect([read.next?.publishedAt, read.previous?.retiredAt]).toEqual([START + 1, START + 2]);
  });

  it('keeps no key of the previous authority', () => {
    expect(Object.keys(data).sort()).toEqual(
      [
        'ca.crt',
        'ca.key',
        'next.crt',
        'next.key',
        'next.published',
        'previous.crt',
        'previous.retired',
      ].sort(),
    );
  });

  it.each<[string, SecretData]>([
    ['nothing', {}],
    ['no key', without('ca.key')],
    ['no certificate', without('ca.crt')],
    ['half a certificate', { ...data, 'ca.crt': now.pem.slice(0, 300) }],
    ['half a key', { ...data, 'ca.key': now.key.slice(0, 100) }],
    ["another's key", { ...data, 'ca.key': coming.key }],
    ["a server's certificate", { ...data, 'ca.crt': server.pem, 'ca.key': server.key }],
    ['a foreign authority', { ...data, 'ca.crt': foreign.cert, 'ca.key': foreign.key }],
    ['text', { ...data, 'ca.crt': 'certificate', 'ca.key': 'key' }],
  ])('has no current authority with %s', (_, broken) => {
    expect(readAuthority(broken).current).toBeUndefined();
  });

  it('has an orphan where the key is lost, but no foreign one', () => {
    expect(readAuthority(without('ca.key')).orphan?.pem).toBe(now.pem);
    expect(readAuthority({ 'ca.crt': foreign.cert }).orphan).toBeUndefined();
    expect(readAuthority({ 'ca.crt': server.pem }).orphan).toBeUndefined();
  });

  it.each<[string, SecretData]>([
    ['a next one without its key', without('next.key')],
    ['a next one without its certificate', without('next.crt')],
    ['a time of a next one alone', without('next.key', 'next.crt')],
    ['a previous one that is none', { ...data, 'previous.crt': 'x' }],
    ['a time of a previous one alone', without('previous.crt')],
    ['a foreign next one', { ...data, 'next.crt': foreign.cert, 'next.key': foreign.key }],
    ['a foreign previous one', { ...data, 'previous.crt': foreign.cert }],
  ])('has debris with %s', (_, broken) => {
    const read = readAuthority(broken);
    expect([read.debris, read.current?.pem]).toEqual([true, now.pem]);
  });

  it('has times that nobody knows where they are missing or no times', () => {
    const { next, previous } = readAuthority({ ...without('next.published'), 'previous.retired': 'soon' });
    expect([next?.publishedAt, previous?.retiredAt]).toEqual([undefined, undefined]);
  });

  it.each([undefined, null, 'x', 1, [], { 'ca.crt': 1 }, { 'ca.crt': '%%%' }])(
    'may be anything: %j',
    (value) => {
      expect(readAuthority(readSecretData(value))).toMatchObject({ current: undefined, orphan: undefined });
    },
  );
});

describe('the bundle', () => {
  it('holds all that is trusted, and no key', () => {
    const bundle = bundleOf(full);
    for (const { pem } of [old, now, coming]) expect(bundle).toContain(pem);
    expect(bundle).not.toContain('PRIVATE');
    expect(bundleOf(authorityOf(now))).toBe(now.pem);
  });

  it('does not change when another of its authorities signs', () => {
    const before = authorityOf(now, { next: { certificate: coming, publishedAt: START } });
    const after = authorityOf(coming, { previous: { certificate: now, retiredAt: START } });
    expect(bundleOf(before)).toBe(bundleOf(after));
  });

  it('holds nothing that stood around a certificate in its Secret', () => {
    const { current } = readAuthority({ ...data, 'ca.crt': `# hello\n${now.pem}${foreign.cert}` });
    expect(current?.pem).toBe(now.pem);
  });
});

describe("the servers' Secret", () => {
  it('is read as it was written', () => {
    expect(readServer(writeServer(server))).toMatchObject({ pem: server.pem, key: server.key });
  });

  it.each<[string, SecretData]>([
    ['nothing', {}],
    ['no key', { 'tls.crt': server.pem }],
    ["another's key", { 'tls.crt': server.pem, 'tls.key': now.key }],
    ['an authority', { 'tls.crt': now.pem, 'tls.key': now.key }],
    ['an empty certificate', { 'tls.crt': '', 'tls.key': server.key }],
  ])('holds none with %s', (_, broken) => {
    expect(readServer(broken)).toBeUndefined();
  });
});
