/**
 * `node test/cluster/main.ts up|images|import ARCHIVE|down`: a local cluster, which stays up until it is taken down.
 * `up` leaves .cache/cluster.sh, by which a shell finds it, with kubectl and helm; `images` builds those of README.md.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { findOnPath } from '../../tools/cache.ts';
import { helmProgram } from '../chart/programs.ts';
import { buildFirstImages } from '../image/first.ts';
import { openCluster, startCluster } from './cluster.ts';
import { takeDown } from './down.ts';
import { findNamespaces } from './namespaces.ts';
import { BUSYBOX, CHECKOUT } from './place.ts';

const SHELL = path.join(CHECKOUT, '.cache/cluster.sh');

async function up(): Promise<void> {
  const cluster = await startCluster({ lifetime: 'detached' });
  const holder = await findNamespaces();
  const helm = (await findOnPath('helm')) ?? (await helmProgram());
  const settings = [
    `export KUBECONFIG=${cluster.kubeconfig}`,
    `export PATH=${path.dirname(cluster.kubectlProgram)}:${path.dirname(helm)}:"$PATH"`,
  ];
  await mkdir(path.dirname(SHELL), { recursive: true });
  await writeFile(SHELL, `${settings.join('\n')}\n`);
  console.log(
    [
      ...settings,
      `These two lines stand in .cache/cluster.sh, for your shell: . .cache/cluster.sh`,
      ...(holder === undefined
        ? []
        : [
            `To reach pods and Services: nsenter --net=/proc/${holder}/ns/net curl http://ADDRESS`,
            `An image for pods: ${BUSYBOX} (imagePullPolicy: Never)`,
            'To build those that README.md and examples/kubernetes need, and give it them: make clusterimages',
            'To give it one, such as dist/image.tar: node test/cluster/main.ts import ARCHIVE',
            'To end it: node test/cluster/main.ts down',
          ]),
    ].join('\n'),
  );
}

async function images(): Promise<void> {
  const cluster = await openCluster();
  for (const name of await buildFirstImages((archive) => cluster.importImage(archive))) console.log(name);
}

async function down(): Promise<void> {
  await takeDown();
  await rm(SHELL, { force: true });
}

async function importImage(archive: string): Promise<void> {
  await (await openCluster()).importImage(archive);
}

const [name = '', archive] = process.argv.slice(2);
const commands: Readonly<Record<string, () => Promise<void>>> = {
  up,
  images,
  down,
  ...(archive !== undefined && { import: () => importImage(archive) }),
};
const command = commands[name];
if (command === undefined) {
  console.error('usage: node test/cluster/main.ts up | images | import ARCHIVE | down');
  process.exitCode = 2;
} else {
  await command().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  });
}
