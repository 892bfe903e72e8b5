/** What the operator's measurement says: its marks, and its section of the page. */

import { atMost, type Mark } from './mark.ts';
import type { OperatorFigures } from './operator.ts';

export function operatorMarks(figures: OperatorFigures): readonly Mark[] {
  const { scale, changes, memory, writes, quiet, forged } = figures;
  const size = `${thousands(scale.sources)} sources, ${thousands(scale.bindings)} bindings`;
  const all = `${thousands(scale.validators)} validators`;
  return [
    atMost(`operator, ${size}: serving after the first start`, 15_000, ' ms', figures.startup),
    atMost(`operator, ${size}: serving after a restart`, 15_000, ' ms', figures.restart),
    atMost(`operator, ${size}: anonymous memory, the most`, 300, ' MB', memory.most),
    atMost(`operator, ${size}: a change compiled in`, 50, ' ms', changes.compiling),
    atMost(`operator, ${all}: a change acknowledged by all, p99`, 1000, ' ms', changes.p99),
    atMost(`operator, ${all}: Programmed after`, 2000, ' ms', changes.programmed),
    atMost(`operator, ${size}: writes in ${quiet} quiet seconds`, 0, '', sum(writes.values())),
    atMost(
      `operator, ${all}, 300 connections of forged tokens: a question answered, p99`,
      1000,
      ' ms',
      forged,
    ),
  ];
}

export function operatorSection(figures: OperatorFigures): string {
  const { scale, changes, memory, writes } = figures;
  const ms = (value: number): string => `${thousands(value)} ms`;
  const written = [...writes].map(([kind, count]) => `${count} ${kind}`).join(', ');
  return `## The operator

A real kube-apiserver with ${thousands(scale.sources)} sources (${scale.discovered} of them fetched from a provider) and ${thousands(scale.bindings)} bindings in
${scale.namespaces} namespaces, each with a Service. ${thousands(scale.validators)} validators in one process ask over TLS, each with its own pod's token; the
pods belong to as many as 100 workloads with a binding each, and one more binding guards them all: it is the one that changes.
The API server and the validators share the machine with the operator.

- First start, with no certificate and no status yet: serving after ${ms(figures.startup)}; every status written after ${ms(figures.settled)}.
- Another start, with all of that there: serving after ${ms(figures.restart)}.
- Anonymous memory: ${memory.most.toFixed(0)} MB at most, ${memory.calm.toFixed(0)} MB when nothing changes.
- A change: all that has to be compiled, ${changes.compiling.toFixed(1)} ms; acknowledged by half of the validators after ${ms(changes.p50)},
  by 99 % after ${ms(changes.p99)}; Programmed says so after ${ms(changes.programmed)} (the slowest).
- While 300 connections show forged tokens, 99 % of a validator's questions are answered within ${ms(figures.forged)}.
- Written in ${figures.quiet} s without a change, Leases apart: ${written === '' ? 'nothing' : written}.
`;
}

const thousands = (value: number): string => Math.round(value).toLocaleString('en');
const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);
