/** The tests' client within the cluster: reads orders from standard input, and writes reports to standard output. */

import { createInterface } from 'node:readline';
import { codeOf, type Load, startLoad } from './load.ts';
import type { Order, Report } from './protocol.ts';
import { send } from './send.ts';

/** Ends with its input. */
export async function serveOrders(): Promise<void> {
  const loads = new Map<string, Load>();
  for await (const line of createInterface({ input: process.stdin })) {
    const order = JSON.parse(line) as Order;
    void obey(order, loads).then(
      (report) => process.stdout.write(`${JSON.stringify(report)}\n`),
      (error: unknown) =>
        process.stdout.write(`${JSON.stringify({ id: order.id, kind: 'failed', code: codeOf(error) })}\n`),
    );
  }
  process.exit(0);
}

async function obey(order: Order, loads: Map<string, Load>): Promise<Report> {
  const { id } = order;
  switch (order.kind) {
    case 'send':
      return { id, kind: 'received', received: await send(order.sent) };
    case 'load': {
      const load = startLoad(order.sent);
      loads.set(order.name, load);
      return { id, kind: 'tally', tally: load.tally() };
    }
    case 'tally':
      return { id, kind: 'tally', tally: loads.get(order.name)?.tally() ?? [] };
    case 'stop': {
      const tally = (await loads.get(order.name)?.stop()) ?? [];
      loads.delete(order.name);
      return { id, kind: 'tally', tally };
    }
  }
}
