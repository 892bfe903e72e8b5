/** `make run`: an example's guarded API to play with, which stays up until Ctrl-C. */

import { relative } from 'node:path';
import { exampleFromEnvironment, type Runnable } from './examples.ts';
import { accessLine, logLine } from './lines.ts';
import { interrupted, main, portFromEnvironment } from './main.ts';
import { type Playground, startPlayground } from './playground.ts';

await main(async () => {
  const stopped = interrupted();
  const print = (line: string | undefined): void => {
    if (line !== undefined) console.log(line);
  };
  const example = exampleFromEnvironment(process.env.EXAMPLE);
  const starting = startPlayground({
    example,
    port: portFromEnvironment(process.env.PORTCULLIS_PORT),
    onRequest: (line) => print(accessLine(line)),
    onLog: (line) => print(logLine(line)),
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

async function welcome({ name, api, advice }: Runnable, playground: Playground): Promise<string> {
  const { port, admin, manifests, logs } = playground;
  const folder = relative('', manifests.folder) || '.';
  const note = manifests.copied ? `, a copy of examples/${name}, since a port that it names was in use` : '';
  return `
Envoy on http://127.0.0.1:${port} guards ${api} by the manifests in ${folder}${note}.
Change one and save it: it is in force a moment later.

${await advice(playground)}

The console, who is refused and why: http://${admin}/
The same for programs: http://${admin}/report, /policy, /metrics, /readyz. Logs: ${logs}
Ctrl-C stops everything. Each request from here on:
`;
}
