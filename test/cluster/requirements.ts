/** The machine's own programs that a node, and images for it, need: found, or installed where that is ours to do. */
import path from 'node:path';
import { exists, findOnPath } from '../../tools/cache.ts';
import { mustRun } from '../../tools/run.ts';

/** Program → the Debian package that brings it. */
export type Packages = Readonly<Record<string, string>>;

const packages: Packages = {
  containerd: 'containerd',
  ctr: 'containerd',
  runc: 'runc',
  iptables: 'iptables',
  ip6tables: 'iptables',
  ip: 'iproute2',
  nsenter: 'util-linux',
  unshare: 'util-linux',
  tar: 'tar',
  busybox: 'busybox-static',
};
const WHO = 'A local cluster';
const PLUGINS_PACKAGE = 'containernetworking-plugins';
/** Where Debian, Fedora and the plugins' own releases put them. */
const pluginFolders = ['/usr/lib/cni', '/usr/libexec/cni', '/opt/cni/bin'];

/** The folder with the CNI plugins. Throws with what to do where the machine cannot be a node. */
export async function requireNodePrograms(): Promise<string> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    throw new Error(
      `${WHO} needs Linux and root: run this as root, or name a cluster of yours in E2E_KUBECONFIG.`,
    );
  }
  await requirePrograms(WHO, packages);
  if ((await pluginFolder()) === undefined) await install([PLUGINS_PACKAGE]);
  const plugins = await pluginFolder();
  if (plugins === undefined) throw unmet(WHO, [PLUGINS_PACKAGE]);
  return plugins;
}

/** Throws with what to do where they cannot be had. */
export async function requirePrograms(who: string, wanted: Packages): Promise<void> {
  const missing = await missingOf(wanted);
  if (missing.length > 0) await install(missing);
  const still = await missingOf(wanted);
  if (still.length > 0) throw unmet(who, still);
}

const unmet = (who: string, names: readonly string[]): Error =>
  new Error(`${who} needs more programs. Debian, Ubuntu: apt-get install ${names.join(' ')}`);

async function missingOf(wanted: Packages): Promise<readonly string[]> {
  const missing = new Set<string>();
  for (const [program, name] of Object.entries(wanted)) {
    if ((await findOnPath(program)) === undefined) missing.add(name);
  }
  return [...missing];
}

async function pluginFolder(): Promise<string | undefined> {
  for (const folder of pluginFolders) if (await exists(path.join(folder, 'ptp'))) return folder;
  return undefined;
}

async function install(names: readonly string[]): Promise<void> {
  if ((await findOnPath('apt-get')) === undefined) return;
  console.error(`Installing ${names.join(', ')} …`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const args = ['install', '-y', '-qq', '--no-install-recommends', ...names];
  await mustRun('apt-get', args, { env }).catch(async () => {
    await mustRun('apt-get', ['update', '-qq'], { env });
    await mustRun('apt-get', args, { env });
  });
}
