/** The real programs of Kubernetes that tests start: given, or built once from the Go modules: kubectl, and one for all servers. */
import { readFile, symlink } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { exists } from '../../tools/cache.ts';
import { fromGoSource } from '../../tools/go-source.ts';

const source = fileURLToPath(new URL('servers', import.meta.url));
/** What KUBEBUILDER_ASSETS has by convention. */
const apiServer = ['etcd', 'kube-apiserver', 'kubectl'];
const wholeCluster = [
  ...apiServer,
  ...['kube-controller-manager', 'kube-scheduler', 'kubelet', 'kube-proxy', 'coredns'],
];

/** The folder that holds etcd, kube-apiserver and kubectl. KUBEBUILDER_ASSETS comes first; else they are built. */
export async function apiServerBinaries(): Promise<string> {
  const given = process.env.KUBEBUILDER_ASSETS;
  if (!given) return built();
  const missing = await missingIn(given, apiServer);
  if (missing.length === 0) return given;
  throw new Error(
    `KUBEBUILDER_ASSETS is ${given}, which holds no ${missing.join(', ')}: correct it, or unset it`,
  );
}

/** The folder that holds all of a cluster, in one version: KUBEBUILDER_ASSETS where it has them; else they are built. */
export async function clusterBinaries(): Promise<string> {
  const given = process.env.KUBEBUILDER_ASSETS;
  if (given && (await missingIn(given, wholeCluster)).length === 0) return given;
  return built();
}

async function missingIn(folder: string, programs: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(programs.map((program) => exists(path.join(folder, program))));
  return programs.filter((_, index) => !found[index]);
}

/** Takes some minutes on two cores. */
const built = async (): Promise<string> =>
  fromGoSource(
    {
      name: 'kubernetes',
      folder: source,
      files: ['main.go', 'kubectl/main.go'],
      packages: ['.', './kubectl'],
      linkerFlags: await linkerFlags(),
    },
    async (folder) => {
      for (const program of wholeCluster) {
        if (program !== 'kubectl') await symlink('servers', path.join(folder, program));
      }
    },
  );

/** kubectl cannot parse the server's version unless the linker is told which one it is. */
async function linkerFlags(): Promise<string> {
  const module = await readFile(path.join(source, 'go.mod'), 'utf8');
  const [, major, minor, patch] = /k8s\.io\/kubernetes v(\d+)\.(\d+)\.(\d+)/.exec(module) ?? [];
  if (major === undefined) throw new Error(`${source}/go.mod names no version of k8s.io/kubernetes`);
  const facts = [`gitVersion=v${major}.${minor}.${patch}`, `gitMajor=${major}`, `gitMinor=${minor}`];
  return facts.map((fact) => `-X k8s.io/component-base/version.${fact}`).join(' ');
}

if (import.meta.main) {
  console.log(await apiServerBinaries());
}
