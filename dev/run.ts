/** `make run`: a guarded demo API to play with, which stays up until Ctrl-C. */

import { relative } from 'node:path';
import { accessLine, logLine } from './lines.ts';
import { interrupted, main, portFromEnvironment } from './main.ts';
import { type Playground, startPlayground } from './playground.ts';
import { tokenCommand } from './provider.ts';
import { ANN, JOE } from './users.ts';

await main(async () => {
  const stopped = interrupted();
  const print = (line: string | undefined): void => {
    if (line !== undefined) console.log(line);
  };
  const starting = startPlayground({
    port: portFromEnvironment(process.env.PORTCULLIS_PORT),
    onRequest: (line) => print(accessLine(line)),
    onLog: (line) => print(logLine(line)),
  });
  const playground = await Promise.race([starting, stopped]);
  // The children end with this process.
  if (playground === 'interrupted') process.exit(130);

  console.log(await welcome(playground));
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

async function welcome({ port, admin, provider, manifests, logs }: Playground): Promise<string> {
  const url = `http://127.0.0.1:${port}`;
  const [joe, ann] = await Promise.all([provider.token(JOE), provider.token(ANN)]);
  const bearer = (token: string): string => `-H 'Authorization: Bearer ${token}'`;
  const folder = relative('', manifests.folder) || '.';
  const note = manifests.copied ? ', a copy of examples/quickstart, whose issuer port was in use' : '';
  return `
Envoy on ${url} guards a demo API by the manifests in ${folder}${note}.
Change one and save it: it is in force a moment later.

# the health check is open to everyone: 200
curl -i ${url}/healthz

# no token: 401 token_missing
curl -i ${url}/orders

# joe's token: 200, and the API sees x-auth-user: joe
curl -i ${bearer(joe)} ${url}/orders

# joe lacks the role admin: 403 role_mismatch
curl -i ${bearer(joe)} ${url}/admin

# ann has it: 200
curl -i ${bearer(ann)} ${url}/admin

The tokens hold for an hour. New ones come from the development identity provider, ${provider.issuer}:
${tokenCommand(provider.issuer, JOE)}
${tokenCommand(provider.issuer, ANN)}

The console, who is refused and why: http://${admin}/
The same for programs: http://${admin}/report, /policy, /metrics, /readyz. Logs: ${logs}
Ctrl-C stops everything. Each request from here on:
`;
}
