/** The real etcd, kube-apiserver and kubectl that tests start: given, or built once from the Go modules. */
import { createHash } from 'node:crypto';
import { readFile, symlink } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { cached, exists } from '../../tools/cache.ts';
import { findGo } from '../../tools/go.ts';
import { mustRun } from '../../tools/run.ts';

const source = fileURLToPath(new URL('servers', import.meta.url));
const programs = ['etcd', 'kube-apiserver', 'kubectl'];

/**
 * The folder that holds the three programs. KUBEBUILDER_ASSETS comes first; else they are built, which takes a few
 * minutes on two cores, and kept in the cache under a hash of their source.
 */
export async function apiServerBinaries(): Promise<string> {
  const given = process.env.KUBEBUILDER_ASSETS;
  if (given) {
    for (const program of programs) {
      if (!(await exists(path.join(given, program)))) {
        throw new Error(`KUBEBUILDER_ASSETS is ${given}, which holds no ${program}: correct it, or unset it`);
      }
    }
    return given;
  }
  return cached(`apiserver-${await sourceHash()}`, build);
}

async function sourceHash(): Promise<string> {
  const hash = createHash('sha256');
  for (const file of ['go.mod', 'go.sum', 'main.go']) hash.update(await readFile(path.join(source, file)));
  return hash.digest('hex').slice(0, 16);
}

async function build(folder: string): Promise<void> {
  const go = await findGo();
  console.error('Building etcd, kube-apiserver and kubectl; the first time takes some minutes …');
  const server = path.join(folder, 'servers');
  await mustRun(
    go,
    [
      'build',
      '-mod=readonly',
      '-trimpath',
      '-buildvcs=false',
      '-ldflags',
      await linkerFlags(),
      '-o',
      server,
      '.',
    ],
    { cwd: source, env: { CGO_ENABLED: '0' } },
  );
  for (const program of programs) await symlink('servers', path.join(folder, program));
}

/** kubectl cannot parse the server's version unless the linker is told which one it is. */
async function linkerFlags(): Promise<string> {
  const module = await readFile(path.join(source, 'go.mod'), 'utf8');
  const [, major, minor, patch] = /k8s\.io\/kubernetes v(\d+)\.(\d+)\.(\d+)/.exec(module) ?? [];
  if (major === undefined) throw new Error(`${source}/go.mod names no version of k8s.io/kubernetes`);
  const facts = [`gitVersion=v${major}.${minor}.${patch}`, `gitMajor=${major}`, `gitMinor=${minor}`];
  return ['-s -w', ...facts.map((fact) => `-X k8s.io/component-base/version.${fact}`)].join(' ');
}

if (import.meta.main) {
  console.log(await apiServerBinaries());
}
