/** `make run`: an example's guarded API to play with, which stays up until Ctrl-C. */

import { exampleFromEnvironment, type Runnable, runCommand } from './examples.ts';
import { accessLine, logLine } from './lines.ts';
import { interrupted, main, portFromEnvironment } from './main.ts';
import { shownPath, whatToEdit } from './manifests.ts';
import { type Playground, startPlayground } from './playground.ts';

await main(async () => {
  const stopped = interrupted();
  const print = (line: string | undefined): void => {
    if (line !== undefined) console.log(line);
  };
  const example = exampleFromEnvironment(process.env.EXAMPLE);
  const command = runCommand(example);
  const starting = startPlayground({
    ...{ example, command },
    port: portFromEnvironment(process.env.PORTCULLIS_PORT, command),
    onRequest: (line) => print(accessLine(line)),
    onLog: (line) => print(logLine(line)),
    onMistake: (manifests) => print(`Waiting until it is mended, in ${shownPath(manifests.folder)}.`),
  });
  const playground = await Promise.race([starting, stopped]);
  // The children end with this process.
  if (playground === 'interrupted') process.exit(130);

  console.log(await welcome(example, playground));
  const end = await Promise.race([stopped, playground.died]);
  if (end === 'interrupted') {
    console.log('\nStopping.');
    await playground.stop();
    return 0;
  }
  console.error(end.message);
  await playground.stop({ keepLogs: true });
  return 1;
});

async function welcome({ api, advice, folder }: Runnable, playground: Playground): Promise<string> {
  const { port, admin, manifests, logs } = playground;
  return `
Envoy on http://127.0.0.1:${port} guards ${api} by the manifests in ${shownPath(manifests.folder)}.
${whatToEdit(manifests, folder)}

${await advice(playground)}

The console, who is refused and why: http://${admin}/
The same for programs: http://${admin}/report, /policy, /metrics, /readyz. Logs: ${logs}
Ctrl-C stops everything. Each request from here on:
`;
}
