/** The machine's own programs that a node needs: found, or installed where that is ours to do. */
import path from 'node:path';
import { exists, findOnPath } from '../../tools/cache.ts';
import { mustRun } from '../../tools/run.ts';

/** Program → the Debian package that brings it. */
const packages: Readonly<Record<string, string>> = {
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
const PLUGINS_PACKAGE = 'containernetworking-plugins';
/** Where Debian, Fedora and the plugins' own releases put them. */
const pluginFolders = ['/usr/lib/cni', '/usr/libexec/cni', '/opt/cni/bin'];

/** The folder with the CNI plugins. Throws with what to do where the machine cannot be a node. */
export async function requireNodePrograms(): Promise<string> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    throw new Error(
      'A local cluster needs Linux and root: run this as root, or name a cluster of yours in E2E_KUBECONFIG.',
    );
  }
  const missing = await missingPackages();
  if (missing.length > 0) await install(missing);

  const still = await missingPackages();
  const plugins = await pluginFolder();
  if (still.length === 0 && plugins !== undefined) return plugins;
  throw new Error(`A local cluster needs more programs. Debian, Ubuntu: apt-get install ${still.join(' ')}`);
}

async function missingPackages(): Promise<readonly string[]> {
  const missing = new Set<string>();
  for (const [program, name] of Object.entries(packages)) {
    if ((await findOnPath(program)) === undefined) missing.add(name);
  }
  if ((await pluginFolder()) === undefined) missing.add(PLUGINS_PACKAGE);
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
