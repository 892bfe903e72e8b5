/** The way of a request whose token is not in the cache: from Envoy's question over HTTP to its answer. */

import { writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import path from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import { CHECK_PREFIX } from '../../src/sidecar/check-forms.ts';
import { readValidatorOptions } from '../../src/validator/options.ts';
import { startValidator } from '../../src/validator/service.ts';
import { temporaryFolder } from '../../test/support/server.ts';
import { publicJwk, token } from '../../test/support/tokens.ts';
import { watchedLog } from './log.ts';
import type { Way } from './way.ts';

const ISSUER = 'https://login.example';
const HOST = 'orders.example';

/** One source with an RSA key, and one rule that requires a role. */
const manifests = (): string => `
apiVersion: portcullis.dev/v1alpha1
kind: AuthenticationSource
metadata: { name: login }
spec:
  jwt: { issuer: ${ISSUER}, audiences: [orders], keys: ${JSON.stringify({ jwks: { keys: [publicJwk('RS256')] } })} }
---
apiVersion: portcullis.dev/v1alpha1
kind: ApiBinding
metadata: { name: orders }
spec:
  targetRefs: [{ kind: Service, name: orders }]
  hosts: [${HOST}]
  sources: [{ name: login }]
  rules: [{ name: buyers, require: { roles: { anyOf: [buyer] } } }]
`;

/** A validator in this process, over a folder. Its client keeps its connection open, as Envoy does. */
export async function openRequestWay(): Promise<Way> {
  const folder = await temporaryFolder('house');
  await writeFile(path.join(folder.path, 'manifests.yaml'), manifests());
  const line = readValidatorOptions([
    ...['--manifests', folder.path, '--http', '127.0.0.1:0', '--grpc', 'off', '--admin', 'off'],
  ]);
  if (line.kind !== 'run') throw new Error('no command line of a validator');
  const log = watchedLog();
  const validator = await startValidator(line.options, { log, clock: systemClock, environment: {} });
  const serving = await log.next((logged) => logged.message === 'serving');
  const port = Number(String(serving.fields.http).split(':').at(-1));
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let tokens = 0;
  return {
    async go({ begin, end }) {
      tokens += 1;
      const seconds = Math.floor(Date.now() / 1000);
      const claims = { iss: ISSUER, aud: 'orders', sub: 'ann', groups: ['buyer'], exp: seconds + 600 };
      const fresh = token({ claims: { ...claims, jti: `${tokens}` } });
      begin();
      const status = await ask(agent, port, fresh);
      end();
      if (status !== 200) throw new Error(`the request was answered ${status}`);
    },
    async stop() {
      agent.destroy();
      await validator.stop();
      await folder.remove();
    },
  };
}

function ask(agent: Agent, port: number, bearer: string): Promise<number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  const headers = { host: HOST, authorization: `Bearer ${bearer}` };
  request({ agent, host: '127.0.0.1', port, path: `${CHECK_PREFIX}/orders`, headers }, (response) => {
    response.resume().once('end', () => resolve(response.statusCode));
  })
    .once('error', reject)
    .end();
  return promise;
}
