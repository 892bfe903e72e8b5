/**
 * How much time of the main thread the checks of each binding, of each namespace and of all bindings together may take.
 * An ordinary check, such as one with a known token, is free; a budget pays for what costs more.
 */

import { namespaceOf } from '../base/object-id.ts';

export interface Budgets {
  /** Milliseconds of one check that are not charged. */
  readonly free: number;
  /** `milliseconds` of the thread went into one check of the binding, namespace/name. False if that is free. */
  charge(binding: string, milliseconds: number): boolean;
  /** True while the binding has used up what it may: by itself, with its namespace, or, where it takes part, with all. */
  isSpent(binding: string): boolean;
}

export interface BudgetLimits {
  /** Milliseconds of one check that are free. */
  readonly free: number;
  /** The most that one check is charged, in milliseconds: the rest cannot be its own cost. */
  readonly maxCharge: number;
  /** Of a binding: the share of the thread that it may take; its namespace twice, all together three times as much. */
  readonly share: number;
  /** Of a binding: milliseconds that it may save up, or be behind; as many times more for the others. */
  readonly burst: number;
}

export const BUDGET_LIMITS: BudgetLimits = { free: 0.1, maxCharge: 10, share: 0.1, burst: 250 };
const OF_NAMESPACE = 2;
const OF_ALL = 3;

interface Account {
  readonly size: number;
  /** Milliseconds that are left. */
  balance: number;
  balancedAt: number;
}

/** `monotonic` in milliseconds on a clock that is never set back. */
export function createBudgets(limits: BudgetLimits, monotonic: () => number): Budgets {
  const { free, maxCharge, share, burst } = limits;
  const open = (size: number): Account => ({ size, balance: size * burst, balancedAt: monotonic() });
  const bindings = new Map<string, Account>();
  const namespaces = new Map<string, Account>();
  const all = open(OF_ALL);

  const balanceOf = (account: Account): number => {
    const now = monotonic();
    const full = account.size * burst;
    account.balance = Math.min(full, account.balance + (now - account.balancedAt) * account.size * share);
    account.balancedAt = now;
    return account.balance;
  };

  /** Forgets full accounts, so that there are no more accounts than bindings that cost something. */
  const accountOf = (accounts: Map<string, Account>, name: string, size: number): Account => {
    let account = accounts.get(name);
    if (account === undefined) {
      for (const [other, old] of accounts) if (balanceOf(old) >= old.size * burst) accounts.delete(other);
      account = open(size);
      accounts.set(name, account);
    }
    return account;
  };

  const take = (account: Account, cost: number): void => {
    account.balance = Math.max(-account.size * burst, balanceOf(account) - cost);
  };

  return {
    free,
    charge: (binding, milliseconds) => {
      const cost = Math.min(maxCharge, milliseconds) - free;
      if (cost <= 0) return false;
      take(accountOf(bindings, binding, 1), cost);
      take(accountOf(namespaces, namespaceOf(binding), OF_NAMESPACE), cost);
      take(all, cost);
      return true;
    },
    isSpent: (binding) => {
      const own = bindings.get(binding);
      // A binding that has cost nothing lately is not refused for what others have cost.
      if (own === undefined) return false;
      const left = balanceOf(own);
      const namespace = namespaces.get(namespaceOf(binding));
      const isPart = left < burst / 2;
      return (
        left <= 0 ||
        (isPart && ((namespace !== undefined && balanceOf(namespace) <= 0) || balanceOf(all) <= 0))
      );
    },
  };
}
