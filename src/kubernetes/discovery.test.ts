import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../base/json.ts';
import { isServed } from './discovery.ts';
import { failed, type Outcome, ok } from './errors.ts';
import { CONFIG_MAPS } from './testing/objects.ts';

const asking = async (answer: Outcome<JsonValue>) => isServed({ read: async () => answer }, CONFIG_MAPS);

describe('isServed', () => {
  it('knows what is there, what is not, and what nobody knows', async () => {
    expect(await asking(ok({ resources: [{ name: 'pods' }, { name: 'configmaps' }] }))).toEqual(ok(true));
    expect(await asking(ok({ resources: [{ name: 'configmaps/status' }] }))).toEqual(ok(false));
    expect(await asking(failed('NotFound', 'no such group'))).toEqual(ok(false));
    expect(await asking(failed('ServerError', 'down'))).toMatchObject({ error: { kind: 'ServerError' } });
    expect(await asking(ok('<html>'))).toMatchObject({ error: { kind: 'Unexpected' } });
  });
});
