import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostIndex, hostMatches, normalizeHost, normalizeHostPattern } from './hosts.ts';

describe('normalizeHost', () => {
  it.each([
    ['shop.example', 'shop.example', undefined],
    ['Shop.EXAMPLE', 'shop.example', undefined],
    ['shop.example:8080', 'shop.example', 8080],
    ['shop.example.', 'shop.example', undefined],
    ['shop.example.:443', 'shop.example', 443],
    ['shop.example:', 'shop.example', undefined],
    ['localhost', 'localhost', undefined],
    ['my_service.default.svc', 'my_service.default.svc', undefined],
    ['xn--caf-dma.example', 'xn--caf-dma.example', undefined],
    ['127.0.0.1:80', '127.0.0.1', 80],
    ['[::1]', '[::1]', undefined],
    ['[::1]:8443', '[::1]', 8443],
    ['[2001:DB8:0:0::1]', '[2001:db8::1]', undefined],
    ['[0:0:0:0:0:0:0:1]:', '[::1]', undefined],
    [`${'a'.repeat(63)}.example`, `${'a'.repeat(63)}.example`, undefined],
  ])('reads %s', (raw, host, port) => {
    expect(normalizeHost(raw)).toEqual({ kind: 'host', host, port });
  });

  it.each([
    ['nothing', ''],
    ['a port alone', ':80'],
    ['a doubled value', 'a.example,b.example'],
    ['a doubled value with space', 'a.example, b.example'],
    ['a space', 'a.example b'],
    ['a leading space', ' a.example'],
    ['a tab', 'a.example\t'],
    ['a control byte', 'a.example\0'],
    ['a line break', 'a.example\n'],
    ['user information', 'user@a.example'],
    ['a slash', 'a.example/x'],
    ['a backslash', 'a.example\\x'],
    ['a query', 'a.example?x'],
    ['an escape', 'a%2eexample'],
    ['an empty label', 'a..example'],
    ['a leading dot', '.example'],
    ['the root alone', '.'],
    ['two dots at the end', 'a.example..'],
    ['a wildcard', '*.example'],
    ['a letter beyond ASCII', 'café.example'],
    ['a Kelvin sign', '\u212Aube.example'],
    ['a port that is no number', 'a.example:http'],
    ['a port out of range', 'a.example:65536'],
    ['port 0', 'a.example:0'],
    ['a signed port', 'a.example:+80'],
    ['two ports', 'a.example:80:81'],
    ['a bare IPv6 address', '::1'],
    ['an unclosed bracket', '[::1'],
    ['nothing in brackets', '[]'],
    ['a name in brackets', '[shop.example]'],
    ['a broken address', '[1::2::3]'],
    ['a zone', '[fe80::1%25eth0]'],
    ['text after the bracket', '[::1]x'],
    ['a label of 64', `${'a'.repeat(64)}.example`],
    ['a name of 256', `${'a.'.repeat(127)}aa`],
  ])('refuses %s', (_, raw) => {
    expect(normalizeHost(raw)).toEqual({ kind: 'malformed' });
  });

  it('gives a host that reads as itself', () => {
    const label = fc.stringMatching(/^[A-Za-z0-9_-]{1,10}$/);
    const name = fc.array(label, { minLength: 1, maxLength: 5 }).map((labels) => labels.join('.'));
    const address = fc.ipV6().map((ip) => `[${ip}]`);
    fc.assert(
      fc.property(fc.oneof(name, address), fc.constantFrom('', ':80', ':'), (host, port) => {
        const read = normalizeHost(host + port);
        expect(read.kind).toBe('host');
        if (read.kind === 'host') {
          expect(normalizeHost(read.host)).toEqual({ kind: 'host', host: read.host, port: undefined });
          expect(normalizeHost(host.toUpperCase())).toMatchObject({ host: read.host });
        }
      }),
    );
  });

  it('never throws, and never lets anything but a name or an address through', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (raw) => {
        const read = normalizeHost(raw);
        if (read.kind === 'host') expect(read.host).toMatch(/^(?:[a-z0-9_.-]+|\[[0-9a-f:.]+\])$/);
      }),
    );
  });
});

describe('normalizeHostPattern', () => {
  it.each([
    ['Shop.Example.', 'shop.example'],
    ['*.Shop.Example', '*.shop.example'],
    ['*.local', '*.local'],
    ['[::1]', '[::1]'],
  ])('reads %s', (raw, pattern) => {
    expect(normalizeHostPattern(raw)).toBe(pattern);
  });

  it.each(['', '*', '*.', 'a.*', '*.*.example', 'a*.example', 'a.example:80', 'a.example:', '*.[::1]'])(
    'refuses %j',
    (raw) => {
      expect(normalizeHostPattern(raw)).toBeUndefined();
    },
  );
});

describe('hostIndex', () => {
  const index = hostIndex([
    ['', 'any 1'],
    ['*.example', 'example'],
    ['*.shop.example', 'shop 1'],
    ['api.shop.example', 'exact 1'],
    ['*.shop.example', 'shop 2'],
    ['api.shop.example', 'exact 2'],
    ['', 'any 2'],
  ]);

  it.each([
    ['api.shop.example', [['exact 1', 'exact 2'], ['shop 1', 'shop 2'], ['example'], ['any 1', 'any 2']]],
    ['b.api.shop.example', [['shop 1', 'shop 2'], ['example'], ['any 1', 'any 2']]],
    ['shop.example', [['example'], ['any 1', 'any 2']]],
    ['example', [['any 1', 'any 2']]],
    ['myshop.example', [['example'], ['any 1', 'any 2']]],
    ['badexample', [['any 1', 'any 2']]],
    ['[::1]', [['any 1', 'any 2']]],
  ])('%s', (host, groups) => {
    expect(index.lookup(host)).toEqual(groups);
  });

  it('finds nothing where nothing fits', () => {
    expect(hostIndex([['shop.example', 1]]).lookup('other.example')).toEqual([]);
    expect(hostIndex([]).lookup('other.example')).toEqual([]);
  });

  it('agrees with hostMatches', () => {
    const label = fc.constantFrom('a', 'b', 'ab');
    const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
    const pattern = fc.oneof(
      name,
      name.map((suffix) => `*.${suffix}`),
    );
    fc.assert(
      fc.property(fc.array(pattern), name, (patterns, host) => {
        const found = hostIndex(patterns.map((p) => [p, p])).lookup(host);
        expect(found.flat().toSorted()).toEqual(patterns.filter((p) => hostMatches([p], host)).toSorted());
      }),
    );
  });
});

describe('hostMatches', () => {
  it('takes no pattern for any host', () => {
    expect(hostMatches([], 'shop.example')).toBe(true);
  });

  it.each([
    ['*.shop.example', 'api.shop.example', true],
    ['*.shop.example', 'a.b.shop.example', true],
    ['*.shop.example', 'shop.example', false],
    ['*.shop.example', '.shop.example', false],
    ['*.shop.example', 'myshop.example', false],
    ['shop.example', 'shop.example', true],
    ['shop.example', 'api.shop.example', false],
  ])('%s and %s: %s', (pattern, host, matches) => {
    expect(hostMatches([pattern], host)).toBe(matches);
  });
});
