/** The control groups below which pods live: the one thing of a cluster that namespaces do not take with them. */
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { exists } from '../../tools/cache.ts';
import { CONTROL_GROUP } from './place.ts';
import { until } from './until.ts';

/** What a kubelet wants to have in its group, where control groups are of version 2. */
const CONTROLLERS = ['cpu', 'cpuset', 'hugetlb', 'memory', 'pids'];

/** Where our group stands, or would, in each hierarchy of the machine (version 1 has many). */
export async function controlGroups(): Promise<readonly string[]> {
  const mounts = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n');
  return mounts
    .map((line) => line.split(' '))
    .filter((fields) => /^cgroup2?$/.test(fields[fields.indexOf('-') + 1] ?? ''))
    .map((fields) => path.join(fields[4] ?? '', CONTROL_GROUP));
}

/**
 * By version, four times the default: all pods together would count as much as a single thread of API server or kubelet, and
 * never run on a busy machine. Much more would keep these from theirs.
 */
const WEIGHTS = { 'cpu.shares': '4096', 'cpu.weight': '400' };

export async function createControlGroups(): Promise<void> {
  for (const group of await controlGroups()) {
    await mkdir(group, { recursive: true });
    await handDownControllers(path.dirname(group));
    for (const [file, weight] of Object.entries(WEIGHTS)) {
      if (await exists(path.join(group, file))) await writeFile(path.join(group, file), weight);
    }
  }
}

/** Only version 2 has to be told. What cannot be had, the kubelet will say. */
async function handDownControllers(root: string): Promise<void> {
  const offered = await readFile(path.join(root, 'cgroup.controllers'), 'utf8').catch(() => '');
  for (const controller of offered.trim().split(' ')) {
    if (!CONTROLLERS.includes(controller)) continue;
    await writeFile(path.join(root, 'cgroup.subtree_control'), `+${controller}`).catch(() => {});
  }
}

/** Whoever was in them must be gone; the kernel may need a moment to notice. */
export async function removeControlGroups(): Promise<void> {
  for (const group of await controlGroups()) {
    await until(`an empty control group ${group}`, 30, async () => {
      await removeTree(group);
      return (await exists(group)) ? undefined : true;
    });
  }
}

async function removeTree(group: string): Promise<void> {
  const entries = await readdir(group, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await removeTree(path.join(group, entry.name));
  await rmdir(group).catch(() => {}); // busy: the next turn will tell
}
