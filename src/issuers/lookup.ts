/** Name resolution for a connection: only addresses that may be connected to come out of it. */

import { lookup as systemLookup } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { createSingleFlight } from '../base/single-flight.ts';
import type { DenyList } from './deny.ts';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

/** Resolves a name to all of its addresses; rejects as `dns.lookup` does. */
export type AddressLookup = (hostname: string) => Promise<readonly ResolvedAddress[]>;

/** The name has addresses, and none of them may be connected to. */
export class AddressDenied extends Error {
  readonly address: string;

  constructor(address: string) {
    super('The address is denied.');
    this.name = 'AddressDenied';
    this.address = address;
  }
}

/**
 * The system's resolution, at most once at a time for each name: it runs on a few threads, and a name whose
 * server hangs must not take them all, however many sources and retries ask for it.
 */
export function sharedLookup(
  resolve: AddressLookup = (name) => systemLookup(name, { all: true }),
): AddressLookup {
  const lookups = createSingleFlight<readonly ResolvedAddress[]>();
  return (hostname) => lookups(hostname, () => resolve(hostname));
}

/**
 * For `net.connect`, which connects to what this gives and resolves nothing again: so the address that was
 * judged is the one connected to, whatever the name's server answers next time.
 */
export function guardedLookup(lookup: AddressLookup, deny: DenyList): LookupFunction {
  return (hostname, options, callback) => {
    const fail = (error: unknown) => callback(toError(error), '', 0);
    lookup(hostname).then((addresses) => {
      const wanted = addresses.filter(({ family }) => !options.family || family === options.family);
      const allowed = wanted.filter(({ address }) => !deny.denies(address));
      const [first] = allowed;
      if (first !== undefined) {
        if (options.all) callback(null, [...allowed]);
        else callback(null, first.address, first.family);
      } else {
        const [refused] = wanted;
        fail(refused === undefined ? noAddress(hostname) : new AddressDenied(refused.address));
      }
    }, fail);
  };
}

function noAddress(hostname: string): Error {
  return Object.assign(new Error(`${hostname} has no address`), { code: 'ENOTFOUND' });
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error('the name could not be resolved');
}
