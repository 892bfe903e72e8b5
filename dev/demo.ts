/** `make demo`: starts everything, takes the tour, and exits 0 only if each answer came out as it should. */

import { QUICKSTART } from './examples.ts';
import { main, portFromEnvironment } from './main.ts';
import { startPlayground } from './playground.ts';
import { takeTour } from './tour.ts';

const COMMAND = 'make demo';

await main(async () => {
  const playground = await startPlayground({
    example: QUICKSTART,
    port: portFromEnvironment(process.env.PORTCULLIS_PORT, COMMAND),
    command: COMMAND,
  });
  let wrong = 1;
  try {
    console.log(`Envoy on http://127.0.0.1:${playground.port}, guarding a demo API by examples/quickstart.`);
    wrong = await takeTour({ ...playground, print: console.log });
  } finally {
    await playground.stop({ keepLogs: wrong !== 0 });
    if (wrong !== 0) console.log(`The logs of Envoy and the validator: ${playground.logs}`);
  }
  return wrong === 0 ? 0 : 1;
});
