import { expect, it } from 'vitest';
import { manualClock } from '../base/testing/manual-clock.ts';
import { PAGES_AT_ONCE, pacedPage } from './paced-page.ts';

/** Pages that take so many milliseconds to make, and say which one they are; the third cannot be made. */
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
  return { clock, page, finish };
}

it('makes a page anew at each question, where few ask', async () => {
  const { page, finish } = setUp(5);
  expect(await finish(page.render())).toBe('page 1');
  expect(await finish(page.render())).toBe('page 2');
});

it('makes one page for all who ask while it is made', async () => {
  const { page, finish } = setUp(50);
  const asked = [page.render(), page.render(), page.render()];
  expect(await finish(Promise.all(asked).then((pages) => pages.join()))).toBe('page 1,page 1,page 1');
});

it('hands out the last one where making pages has taken too long, until it has not', async () => {
  const { clock, page, finish } = setUp(PAGES_AT_ONCE);
  await finish(page.render());
  expect(await finish(page.render())).toBe('page 2');
  for (const _ of [1, 2, 3]) expect(await page.render()).toBe('page 2');
  clock.advance(5 * PAGES_AT_ONCE);
  await expect(finish(page.render())).rejects.toThrow('the third');
});

it('a page that could not be made is tried again', async () => {
  const { page, finish } = setUp(1);
  await finish(page.render());
  await finish(page.render());
  await expect(finish(page.render())).rejects.toThrow('the third');
  expect(await finish(page.render())).toBe('page 4');
});
