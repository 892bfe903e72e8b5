/** `make house`: prints measures of the code: sizes, names, what a change touches, what two ways call. It judges nothing. */

import { fileURLToPath } from 'node:url';
import { followCalls } from './house/calls.ts';
import { commonFileNames, namesOfManyMeanings } from './house/names.ts';
import { namesReport, roomsReport, touchedReport, wayReport } from './house/report.ts';
import { roomSizes } from './house/rooms.ts';
import { isTest, readSources } from './house/sources.ts';
import { PROXIES, touchedBy } from './house/touched.ts';
import { type Walked, type Way, walk } from './house/way.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
/** A changed binding takes five seconds, because a status is not written more often. */
const REQUESTS = 20;
const CHANGES = 3;
const withFiles = process.argv.includes('--files');

async function walked(open: () => Promise<Way>, runs: number): Promise<Walked> {
  const way = await open();
  const calls = followCalls(root);
  try {
    return await walk(way, calls, runs);
  } finally {
    calls.close();
    await way.stop();
  }
}

const sources = await readSources(root);
const code = sources.filter(({ path }) => path.startsWith('src/') && !isTest(path));
console.log(roomsReport(roomSizes(code)));
console.log(namesReport(namesOfManyMeanings(code), commonFileNames(code)));
console.log(
  touchedReport(
    PROXIES.map((proxy) => touchedBy(proxy, sources)),
    withFiles,
  ),
);

const { openRequestWay } = await import('./house/request-way.ts');
console.log(
  wayReport(
    "A request with a signature check, from Envoy's question over HTTP to its answer",
    await walked(openRequestWay, REQUESTS),
    withFiles,
  ),
);
const { openBindingWay } = await import('./house/binding-way.ts');
console.log(
  wayReport(
    'A changed ApiBinding, from its watch event to its enforcement (operator and validator, real kube-apiserver)',
    await walked(openBindingWay, CHANGES),
    withFiles,
  ),
);
