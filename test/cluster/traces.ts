/** What of a cluster can be seen on the machine: for tests that nothing of one is left. */
import { readdir, readFile } from 'node:fs/promises';
import { exists } from '../../tools/cache.ts';
import { controlGroups } from './control-groups.ts';
import { findNamespaces } from './namespaces.ts';
import { CABLE, COVERED, FOLDER } from './place.ts';

/** Processes with their command line, mounts, cables, control groups and folders. */
export async function tracesOfCluster(): Promise<readonly string[]> {
  const holder = await findNamespaces();
  const folders = [FOLDER, '/usr/libexec/kubernetes', ...(await controlGroups())];
  const found = await Promise.all(folders.map(async (name) => ((await exists(name)) ? [name] : [])));
  return [
    ...(holder === undefined ? [] : [`namespaces held by ${holder}`]),
    ...(await commandsWith(`${FOLDER}/`)),
    ...(await mountsOfCluster()),
    ...(await readdir('/sys/class/net')).filter((name) => name === CABLE),
    ...found.flat(),
  ];
}

async function commandsWith(part: string): Promise<readonly string[]> {
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const commands = await Promise.all(
    processes.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')),
  );
  return commands.map((command) => command.replaceAll('\0', ' ')).filter((command) => command.includes(part));
}

async function mountsOfCluster(): Promise<readonly string[]> {
  const mounts = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n');
  return mounts.filter((line) => [FOLDER, ...Object.keys(COVERED)].some((name) => line.includes(` ${name}`)));
}
