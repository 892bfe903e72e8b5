/** `node test/cluster/main.ts up|down`: a local cluster, which stays up until it is taken down. */
import { startCluster } from './cluster.ts';
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
            'To end it: node test/cluster/main.ts down',
          ]),
    ].join('\n'),
  );
}

const commands: Readonly<Record<string, () => Promise<void>>> = { up, down: takeDown };
const command = commands[process.argv[2] ?? ''];
if (command === undefined) {
  console.error('usage: node test/cluster/main.ts up|down');
  process.exitCode = 2;
} else {
  await command().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  });
}
