import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_DENIED_CIDRS, denyList, inCidr } from './deny.ts';
import { denying } from './testing/fetching.ts';

describe('by default', () => {
  const list = denying(...DEFAULT_DENIED_CIDRS);

  it.each([
    ['loopback', '127.0.0.1'],
    ['the end of loopback', '127.255.255.255'],
    ['IPv6 loopback', '::1'],
    ['IPv6 loopback, written out', '0:0:0:0:0:0:0:1'],
    ['a metadata service', '169.254.169.254'],
    ['IPv6 link-local', 'fe80::1'],
    ['IPv6 link-local with a zone', 'fe80::1%eth0'],
    ['unspecified', '0.0.0.0'],
    ['this network', '0.1.2.3'],
    ['IPv6 unspecified', '::'],
    ['multicast', '224.0.0.1'],
    ['IPv6 multicast', 'ff02::1'],
    ['mapped loopback', '::ffff:127.0.0.1'],
    ['mapped loopback in hexadecimal', '::ffff:7f00:1'],
    ['mapped loopback in capitals', '::FFFF:7F00:1'],
    ['mapped metadata service', '::ffff:169.254.169.254'],
    ['mapped unspecified', '::ffff:0:0'],
    ['translated loopback', '::ffff:0:127.0.0.1'],
    ['compatible loopback', '::127.0.0.1'],
    ['NAT64 to the metadata service', '64:ff9b::169.254.169.254'],
    ['local NAT64 to the metadata service', '64:ff9b:1::a9fe:a9fe'],
    ['6to4 to loopback', '2002:7f00:1::1'],
    ['an octal spelling that is no address', '0177.0.0.1'],
    ['a name', 'localhost'],
    ['nothing', ''],
  ])('%s is denied: %s', (_what, address) => expect(list.denies(address)).toBe(true));

  it.each([
    ['a public address', '93.184.216.34'],
    ['a private address', '10.0.0.1'],
    ['the neighbour of loopback', '128.0.0.1'],
    ['the neighbour of link-local', '169.255.0.1'],
    ['a public IPv6 address', '2606:2800:220:1:248:1893:25c8:1946'],
    ['a unique local address', 'fd00::1'],
    ['a mapped public address', '::ffff:93.184.216.34'],
    ['NAT64 to a public address', '64:ff9b::5db8:d822'],
    ['6to4 to a public address', '2002:5db8:d822::1'],
  ])('%s is allowed: %s', (_what, address) => expect(list.denies(address)).toBe(false));
});

it('a list takes the place of the default one', () => {
  const list = denying('10.0.0.0/8', 'fd00::/8', '192.0.2.7', '2001:db8::7');
  expect(['10.255.0.1', 'fd12::1', '192.0.2.7', '2001:db8::7'].map(list.denies)).toEqual(Array(4).fill(true));
  expect(['127.0.0.1', '11.0.0.1', '192.0.2.8', '2001:db8::8'].map(list.denies)).toEqual(
    Array(4).fill(false),
  );
});

it('an empty list denies no address, but what is none', () => {
  const list = denying();
  expect(['127.0.0.1', '::', 'localhost', '1.2.3'].map(list.denies)).toEqual([false, false, true, true]);
});

it.each([
  '10.0.0.0/33',
  '::/129',
  '10.0.0/8',
  'localhost',
  '',
  '10.0.0.0/',
  '10.0.0.0/8/8',
  '10.0.0.0/-1',
  ' ::1',
])('"%s" is no block', (cidr) => {
  const result = denyList(['10.0.0.0/8', cidr]);
  expect(result).toMatchObject({ kind: 'refused', problem: expect.stringContaining(`"${cidr}"`) });
});

it('a block holds exactly the addresses with its prefix, however they are mapped', () => {
  const address = fc.ipV4();
  fc.assert(
    fc.property(address, fc.integer({ min: 1, max: 32 }), address, (network, prefix, other) => {
      const number = (text: string) => text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
      const size = 2 ** (32 - prefix);
      const inside = Math.floor(number(network) / size) === Math.floor(number(other) / size);
      expect(inCidr(other, `${network}/${prefix}`)).toBe(inside);
      expect(inCidr(`::ffff:${other}`, `${network}/${prefix}`)).toBe(inside);
      expect(inCidr(`64:ff9b::${other}`, `${network}/${prefix}`)).toBe(inside);
    }),
  );
});

it('every IPv6 address and every text is judged without a throw', () => {
  const list = denying(...DEFAULT_DENIED_CIDRS);
  fc.assert(
    fc.property(fc.ipV6(), fc.string(), (address, text) => {
      expect(typeof list.denies(address)).toBe('boolean');
      expect(typeof list.denies(text)).toBe('boolean');
    }),
  );
});
