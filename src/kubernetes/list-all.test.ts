import { describe, expect, it } from 'vitest';
import type { ObjectList } from './client.ts';
import { failed, type Outcome, ok } from './errors.ts';
import { listAll } from './list-all.ts';
import type { ListQuery } from './query.ts';
import { configMap } from './testing/objects.ts';

type Answer = Outcome<ObjectList>;

const page = (version: string, next: string | undefined, ...names: readonly string[]): Answer =>
  ok({ items: names.map((name) => configMap(name, '1')), resourceVersion: version, continue: next });

async function run(...answers: readonly Answer[]) {
  const asked: ListQuery[] = [];
  const list = async (query: ListQuery) => answers[asked.push(query) - 1] ?? failed('Unexpected', 'no more');
  const result = await listAll(list, 2, ({ metadata }) =>
    metadata.name === 'skip' ? undefined : metadata.name,
  );
  return { asked, result };
}

describe('listAll', () => {
  it('goes through the pages, and stands at the version of the first', async () => {
    const { asked, result } = await run(page('7', 'next', 'a', 'skip'), page('8', undefined, 'b'));
    expect(result).toEqual(ok({ items: ['a', 'b'], resourceVersion: '7' }));
    expect(asked).toEqual([{ limit: 2 }, { limit: 2, continue: 'next' }]);
  });

  it('lets others have a turn within a page', async () => {
    let turns = 0;
    const seen: number[] = [];
    const count = (): void => {
      turns += 1;
      pending = setImmediate(count);
    };
    let pending = setImmediate(count);
    const names = Array.from({ length: 500 }, (_, i) => `${i}`);
    const list = async () => page('7', undefined, ...names);
    const result = await listAll(list, 500, ({ metadata }) => {
      seen.push(turns);
      return metadata.name;
    });
    clearImmediate(pending);
    expect(result).toEqual(ok({ items: names, resourceVersion: '7' }));
    const most = Math.max(...[...Map.groupBy(seen, (turn) => turn).values()].map(({ length }) => length));
    expect(most).toBeLessThanOrEqual(25);
  });

  it('begins anew without pages when the snapshot is gone', async () => {
    const gone = failed('Gone', 'too old');
    const { asked, result } = await run(page('7', 'next', 'a'), gone, page('9', undefined, 'a', 'b'));
    expect(result).toEqual(ok({ items: ['a', 'b'], resourceVersion: '9' }));
    expect(asked.at(-1)).toEqual({});
    expect((await run(gone, gone)).result).toEqual(gone);
  });

  it('gives up with the failure of any page', async () => {
    const { result } = await run(page('7', 'next', 'a'), failed('Unreachable', 'gone away'));
    expect(result).toMatchObject({ error: { kind: 'Unreachable' } });
  });
});
