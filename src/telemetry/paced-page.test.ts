import { expect, it } from 'vitest';
import { manualClock } from '../base/testing/manual-clock.ts';
import { pacedPage } from './paced-page.ts';

/** Pages that take so many milliseconds to make, and say which one they are. */
function setUp(milliseconds: number) {
  const clock = manualClock();
  let made = 0;
  const render = async () => {
    made += 1;
    const own = made;
    await new Promise<void>((resolve) => clock.after(milliseconds, resolve));
    if (own === 3) throw new Error('the third cannot be made');
    return `page ${own}`;
  };
  const page = pacedPage({ contentType: 'text/plain', render }, clock.monotonic);
  const finish = async (asked: Promise<string>) => {
    clock.advance(milliseconds);
    return await asked;
  };
  return { clock, page, finish, made: () => made };
}

it('makes one page for all who ask while it is made', async () => {
  const { page, finish, made } = setUp(50);
  const asked = [page.render(), page.render(), page.render()];
  expect(await finish(Promise.all(asked).then((pages) => pages.join()))).toBe('page 1,page 1,page 1');
  expect(made()).toBe(1);
});

it('hands it out again for four times as long as it took, and then makes a new one', async () => {
  const { clock, page, finish, made } = setUp(50);
  await finish(page.render());
  clock.advance(199);
  expect(await page.render()).toBe('page 1');
  clock.advance(1);
  expect(await finish(page.render())).toBe('page 2');
  expect(made()).toBe(2);
});

it('makes a page anew at each question where it costs nothing', async () => {
  const { page, finish } = setUp(0);
  expect(await finish(page.render())).toBe('page 1');
  expect(await finish(page.render())).toBe('page 2');
});

it('a page that could not be made is tried again', async () => {
  const { clock, page, finish } = setUp(50);
  for (const _ of [1, 2]) {
    await finish(page.render());
    clock.advance(200);
  }
  await expect(finish(page.render())).rejects.toThrow('the third');
  clock.advance(200);
  expect(await finish(page.render())).toBe('page 4');
});
