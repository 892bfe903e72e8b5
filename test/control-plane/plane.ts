/** A program: the policy server with one policy for the pod shop/a, whose token, and its authority, it leaves in a folder. */

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import { startPolicyServer, updateOf } from '../../src/operator/testing/policy-server.ts';

const POD = 'shop/a';
const [folder = '.'] = process.argv.slice(2);
const now = Math.floor(Date.now() / 1000);
const plane = await startPolicyServer({ clock: systemClock });
const update = updateOf('a', { checked: now });
plane.publish(update, POD);
writeFileSync(path.join(folder, 'token'), plane.admit(POD, { expires: now + 3600 }));
writeFileSync(path.join(folder, 'ca.crt'), plane.authority.certificate);
console.log(`listening at 127.0.0.1:${plane.port}`);
// The validator says in its second question what it has from the first.
const isSaid = () => plane.server.validators.reportOf(POD, `uid-${POD}`)?.version === update.policy.version;
while (!isSaid()) await new Promise((resolve) => setTimeout(resolve, 2));
await plane.held(1);
console.log('holds a question');
