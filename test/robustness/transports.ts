/** A validator on each kind of socket, for all tests of a file. */

import { afterAll, beforeAll } from 'vitest';
import { startValidator, type Validator } from '../support/validator.ts';
import { MANIFESTS } from './world.ts';

export const TRANSPORTS = ['tcp', 'unix'] as const;

type Transport = (typeof TRANSPORTS)[number];

export function validatorOnEach(): (transport: Transport) => Validator {
  const running = new Map<Transport, Validator>();
  beforeAll(async () => {
    for (const transport of TRANSPORTS) {
      running.set(transport, await startValidator({ manifests: MANIFESTS, sockets: transport === 'unix' }));
    }
  });
  afterAll(async () => {
    for (const validator of running.values()) await validator.stop();
  });
  return (transport) => {
    const found = running.get(transport);
    if (found === undefined) throw new Error(`nothing listens on ${transport}`);
    return found;
  };
}
