import { expect, it } from 'vitest';
import type { CalledFunction } from './calls.ts';
import { calledInAll, walk } from './way.ts';

const called = (file: string, start: number): CalledFunction => ({
  file,
  start,
  end: start + 1,
  name: '',
  script: '1',
});

it('keeps what each run has called: functions of one file are told apart by their place', () => {
  const [a, b, other, timer] = [called('a', 1), called('b', 1), called('a', 9), called('t', 1)];
  expect(
    calledInAll([
      [a, timer, other, b],
      [b, a, other],
      [timer, b, { ...a }],
    ]),
  ).toEqual([a, b]);
  expect(calledInAll([])).toEqual([]);
});

it('takes the calls between begin and end, and the files in the order of their first calls', async () => {
  let since: CalledFunction[] = [];
  const call = (file: string): void => void since.push(called(file, 1));
  let runs = 0;
  const walked = await walk(
    {
      async go({ begin, end }) {
        runs += 1;
        call('before');
        begin();
        for (const file of ['z', 'a', 'm']) call(file);
        if (runs === 4) call('timer');
        end();
        call('after');
      },
      stop: async () => {},
    },
    {
      take: () => since.splice(0).sort((a, b) => a.file.localeCompare(b.file)),
      follow: async () => ({
        clear: () => {
          since = [];
        },
        inOrder: () => since.filter(({ file }) => file !== 'm'),
      }),
      close: () => {},
    },
    3,
  );
  expect(walked.functions.map(({ file }) => file)).toEqual(['a', 'm', 'z']);
  expect(walked.files).toEqual(['z', 'a', 'm']);
});
