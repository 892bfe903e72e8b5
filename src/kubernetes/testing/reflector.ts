/** For tests: a reflector of ConfigMaps over an API server that answers as the test says. */

import { fakeClock } from '../../base/testing/clock.ts';
import { failed } from '../errors.ts';
import { type ReflectorOptions, startReflector } from '../reflector.ts';
import { CONFIG_MAPS, configMap, type Small, trim } from './objects.ts';
import { type FakeWatches, fakeWatches } from './watches.ts';

export function reflecting(options: Partial<ReflectorOptions<Small>> = {}, prepare = (_: FakeWatches) => {}) {
  const clock = fakeClock();
  const server = fakeWatches();
  prepare(server);
  const told: string[] = [];
  const problems: string[] = [];
  const reflector = startReflector<Small>({
    client: server.client,
    clock,
    random: () => 0,
    resource: CONFIG_MAPS,
    trim,
    onChange: ({ kind, object }) => told.push(`${kind} ${object.metadata.name}`),
    onProblem: ({ kind }) => problems.push(kind),
    ...options,
  });
  return { clock, server, told, problems, reflector };
}

export const added = (name: string, version: string) =>
  ({ kind: 'added', object: configMap(name, version) }) as const;
export const bookmark = (resourceVersion: string) => ({ kind: 'bookmark', resourceVersion }) as const;
export const error = (kind: 'Gone' | 'ServerError' | 'Unreachable') =>
  ({ kind: 'error', error: failed(kind, 'x').error }) as const;
