/** Signals every process of a container, found by the name of its cgroup. Needs the node's processes in sight. */

import { readdirSync, readFileSync } from 'node:fs';

/** Throws where there is no such container. */
export function signalContainer(id: string, signal: string): void {
  const found = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && isIn(name, id));
  if (found.length === 0) throw new Error(`no process is in container ${id}`);
  for (const pid of found) process.kill(Number(pid), signal);
}

function isIn(pid: string, id: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes(id);
  } catch {
    // It has ended meanwhile.
    return false;
  }
}
