/** Budgets for bad signatures: of one client for one source, of the source in one namespace, and of the namespace. */

import { keepNewest } from '../base/newest.ts';

/** The client whose token is verified, and for which source and namespace. */
export interface Asker {
  /** Whose bindings are asked. */
  readonly namespace: string;
  /** The source's UID. */
  readonly source: string;
  /** The client's address, or its network (see client-network.ts). */
  readonly client: string;
}

export interface Spending {
  /** A bad signature took so many milliseconds. */
  charge(asker: Asker, milliseconds: number): void;
  /** Milliseconds that are left to the client; below 0 when it has spent more. */
  leftToClient(asker: Asker): number;
  /** Whether the source, or the namespace, has spent its budget, over all of its clients. */
  isSpent(asker: Asker): boolean;
}

export interface SpendingLimits {
  /** The share of one core that bad signatures of one client, or of one source, may take; of a namespace twice as much. */
  readonly share: number;
  /** Milliseconds that they save up while it is quiet; a namespace twice as much. */
  readonly burst: number;
}

const OF_NAMESPACE = 2;
/** The most accounts of each kind; past it, the one that was charged longest ago is dropped. */
const MAX_ACCOUNTS = 4096;

/** `monotonic` in milliseconds on a clock that is never set back. */
export function createSpending({ share, burst }: SpendingLimits, monotonic: () => number): Spending {
  const accounts = (size: number) => {
    const known = new Map<string, { readonly balance: number; readonly at: number }>();
    const balance = (key: string): number => {
      const account = known.get(key);
      if (account === undefined) return size * burst;
      return Math.min(size * burst, account.balance + (monotonic() - account.at) * size * share);
    };
    const take = (key: string, cost: number): void => {
      const left = balance(key) - cost;
      known.delete(key);
      known.set(key, { balance: left, at: monotonic() });
      keepNewest(known, MAX_ACCOUNTS);
    };
    return { balance, take };
  };
  const clients = accounts(1);
  const sources = accounts(1);
  const namespaces = accounts(OF_NAMESPACE);
  const sourceKey = ({ namespace, source }: Asker): string => `${namespace} ${source}`;
  const clientKey = (asker: Asker): string => `${sourceKey(asker)} ${asker.client}`;
  return {
    charge: (asker, milliseconds) => {
      clients.take(clientKey(asker), milliseconds);
      sources.take(sourceKey(asker), milliseconds);
      namespaces.take(asker.namespace, milliseconds);
    },
    leftToClient: (asker) => clients.balance(clientKey(asker)),
    isSpent: (asker) => sources.balance(sourceKey(asker)) <= 0 || namespaces.balance(asker.namespace) <= 0,
  };
}
