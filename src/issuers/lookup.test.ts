import type { LookupAddress, LookupOptions } from 'node:dns';
import { expect, it } from 'vitest';
import { DEFAULT_DENIED_CIDRS } from './deny.ts';
import {
  AddressDenied,
  type AddressLookup,
  guardedLookup,
  type ResolvedAddress,
  sharedLookup,
} from './lookup.ts';
import { denying } from './testing/fetching.ts';

const deny = denying(...DEFAULT_DENIED_CIDRS);
const four = (address: string): ResolvedAddress => ({ address, family: 4 });
const six = (address: string): ResolvedAddress => ({ address, family: 6 });

type Result = { error: Error | null; address: string | LookupAddress[]; family: number | undefined };

const ask = (lookup: AddressLookup, options: LookupOptions = { all: true }) =>
  new Promise<Result>((resolve) => {
    guardedLookup(lookup, deny)('id.example', options, (error, address, family) =>
      resolve({ error, address, family }),
    );
  });

it('only allowed addresses come out', async () => {
  const { error, address } = await ask(async () => [
    four('127.0.0.1'),
    four('192.0.2.1'),
    six('fe80::1%eth0'),
  ]);
  expect(error).toBeNull();
  expect(address).toEqual([four('192.0.2.1')]);
});

it('one address, for those who ask for one', async () => {
  const result = await ask(async () => [six('::1'), six('2001:db8::1'), four('192.0.2.1')], { all: false });
  expect(result).toEqual({ error: null, address: '2001:db8::1', family: 6 });
});

it('only addresses of the family that was asked for', async () => {
  const result = await ask(async () => [six('2001:db8::1'), four('192.0.2.1')], { family: 4 });
  expect(result).toMatchObject({ address: '192.0.2.1', family: 4 });
});

it('a name with denied addresses alone says so', async () => {
  const { error } = await ask(async () => [four('127.0.0.1'), six('::ffff:169.254.169.254')]);
  expect(error).toBeInstanceOf(AddressDenied);
  expect(error).toMatchObject({ address: '127.0.0.1' });
});

it('a name without addresses is not found', async () => {
  expect((await ask(async () => [])).error).toMatchObject({ code: 'ENOTFOUND' });
});

it("the resolver's error goes through", async () => {
  const problem = Object.assign(new Error('no'), { code: 'EAI_AGAIN' });
  expect((await ask(() => Promise.reject(problem))).error).toBe(problem);
});

it('a name is resolved once at a time, and again afterwards; names do not wait for each other', async () => {
  const asked: string[] = [];
  const hanging = Promise.withResolvers<readonly ResolvedAddress[]>();
  const lookup = sharedLookup((name) => {
    asked.push(name);
    return name === 'slow.example' ? hanging.promise : Promise.resolve([four('192.0.2.1')]);
  });
  const [one, other] = [lookup('slow.example'), lookup('slow.example')];
  expect(await lookup('fast.example')).toEqual([four('192.0.2.1')]);
  hanging.resolve([four('192.0.2.2')]);
  expect(await Promise.all([one, other])).toEqual([[four('192.0.2.2')], [four('192.0.2.2')]]);
  await lookup('slow.example');
  expect(asked).toEqual(['slow.example', 'fast.example', 'slow.example']);
});

it('a failed resolution is not remembered', async () => {
  let attempts = 0;
  const lookup = sharedLookup(async () => {
    attempts += 1;
    if (attempts === 1) throw new Error('no');
    return [four('192.0.2.1')];
  });
  await expect(lookup('id.example')).rejects.toThrow('no');
  expect(await lookup('id.example')).toEqual([four('192.0.2.1')]);
});
