import { expect, it } from 'vitest';
import { renderLargeGauges } from './large-gauges.ts';
import type { Sample } from './prometheus.ts';

const samples = (count: number) =>
  function* (): Iterable<Sample> {
    for (let n = 0; n < count; n++) yield [{ binding: `b-${n}` }, n];
  };

it('writes what Prometheus reads', async () => {
  const text = await renderLargeGauges([
    {
      name: 'a',
      help: 'A.',
      samples: () => [
        [{ x: 'q"\\\n', y: 'z' }, 1],
        [{}, 2],
      ],
    },
    { name: 'none', help: 'None.', samples: samples(0) },
  ]);
  expect(text).toBe(
    '# HELP a A.\n# TYPE a gauge\na{x="q\\"\\\\\\n",y="z"} 1\na 2\n# HELP none None.\n# TYPE none gauge\n',
  );
});

it('gives others a turn after each thousand lines', async () => {
  let turns = 0;
  const turn = async () => {
    turns += 1;
  };
  const text = await renderLargeGauges([{ name: 'a', help: 'A.', samples: samples(70_000) }], turn);
  expect(turns).toBe(70);
  expect(text.split('\n')).toHaveLength(70_003);
});
