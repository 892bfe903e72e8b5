/** Runs while the demo's image is built, in its build stage: leaves its one program in /image/demo. */
import { chmod, cp, lutimes, mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundle } from '../bundle.ts';

const OWN = '/image/demo';

const workshop = await mkdtemp(path.join(tmpdir(), 'demo-'));
// oidc-provider looks the lifetime of a token up by the name of its class.
await bundle({ demo: 'dev/cluster/main.ts' }, workshop, { keepNames: true });
const command = path.join(OWN, 'usr/bin/demo');
await cp(path.join(workshop, 'demo.cjs'), command);
await chmod(command, 0o755);
await cp(
  path.join(workshop, 'demo.cjs.LEGAL.txt'),
  path.join(OWN, 'usr/share/doc/portcullis/demo.LEGAL.txt'),
);
const time = new Date(Number(process.env.SOURCE_DATE_EPOCH ?? 0) * 1000);
for (const entry of await readdir(OWN, { recursive: true })) await lutimes(path.join(OWN, entry), time, time);
