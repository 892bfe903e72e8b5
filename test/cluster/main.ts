/** `node test/cluster/main.ts up|import ARCHIVE|down`: a local cluster, which stays up until it is taken down. */
import { openCluster, startCluster } from './cluster.ts';
import { takeDown } from './down.ts';
import { findNamespaces } from './namespaces.ts';
import { BUSYBOX } from './place.ts';

async function up(): Promise<void> {
  const cluster = await startCluster({ lifetime: 'detached' });
  const holder = await findNamespaces();
  console.log(
    [
      `export KUBECONFIG=${cluster.kubeconfig}`,
      `kubectl is ${cluster.kubectlProgram}`,
      ...(holder === undefined
        ? []
        : [
            `To reach pods and Services: nsenter --net=/proc/${holder}/ns/net curl http://ADDRESS`,
            `An image for pods: ${BUSYBOX} (imagePullPolicy: Never)`,
            'To give it one, such as dist/image.tar: node test/cluster/main.ts import ARCHIVE',
            'To end it: node test/cluster/main.ts down',
          ]),
    ].join('\n'),
  );
}

async function importImage(archive: string): Promise<void> {
  await (await openCluster()).importImage(archive);
}

const [name = '', archive] = process.argv.slice(2);
const commands: Readonly<Record<string, () => Promise<void>>> = {
  up,
  down: takeDown,
  ...(archive !== undefined && { import: () => importImage(archive) }),
};
const command = commands[name];
if (command === undefined) {
  console.error('usage: node test/cluster/main.ts up | import ARCHIVE | down');
  process.exitCode = 2;
} else {
  await command().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  });
}
