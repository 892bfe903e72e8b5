/** Runs what the pod of `helm test` runs, with this machine's Node.js. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Result, run } from '../../tools/run.ts';
import type { Installed } from './installed.ts';
import { at, HOME, render } from './render.ts';

/** In the pod's place: names of Services lead here, to the operator's ports. */
export async function helmTest(
  world: Installed,
  folder: string,
  more: Readonly<Record<string, string>> = {},
): Promise<Result> {
  const { one } = await render();
  const pod = one(`Pod ${HOME}/portcullis-test`);
  const [, ...command] = at(pod, 'spec.containers.0.command') as readonly string[];
  const [script = ''] = at(pod, 'spec.containers.0.args') as readonly string[];
  const given = at(pod, 'spec.containers.0.env') as readonly {
    readonly name: string;
    /** Absent = from a Secret. */
    readonly value?: string;
  }[];
  const secret = ['-n', HOME, 'get', 'secret/portcullis-webhook', '-o', 'jsonpath={.data.current}'];
  const key = Buffer.from(await world.kubectl(secret), 'base64').toString();
  const env = Object.fromEntries(given.map(({ name, value }) => [name, value]));
  const ca = path.join(folder, 'ca.crt');
  const jsonpath = 'jsonpath={.data.ca\\.crt}';
  await writeFile(ca, await world.kubectl(['-n', HOME, 'get', 'configmap/portcullis-ca', '-o', jsonpath]));
  const lookup = `import dns from 'node:dns';
    dns.lookup = (name, options, done) => done(null, options.all ? [{ address: '127.0.0.1', family: 4 }] : '127.0.0.1', 4);`;
  const { webhook, policy } = world.ports;
  return run(
    process.execPath,
    [`--import=data:text/javascript,${encodeURIComponent(lookup)}`, ...command, script],
    {
      env: {
        WEBHOOK: `${env.WEBHOOK}:${webhook}`,
        POLICY: `${env.POLICY}:${policy}`,
        KEY: key,
        NODE_EXTRA_CA_CERTS: ca,
        ...more,
      },
    },
  );
}
