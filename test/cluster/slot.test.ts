import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { OWNER, ownerName, SLOTS, slotFolder, slotOf } from './slot.ts';

let temporary: string;

beforeEach(async () => {
  temporary = await mkdtemp(path.join(tmpdir(), 'slots-'));
});
afterEach(() => rm(temporary, { recursive: true }));

async function take(slot: number, checkout: string): Promise<void> {
  await mkdir(slotFolder(temporary, slot));
  await writeFile(path.join(slotFolder(temporary, slot), OWNER), checkout);
}

it('a checkout finds its cluster again, and another one has another number', async () => {
  const own = slotOf('/a', temporary);
  await take(own, '/a');
  expect(slotOf('/a', temporary)).toBe(own);
  expect(slotOf('/b', temporary)).not.toBe(own);
});

it('the second cluster of a checkout has another number than the first, and is found again', async () => {
  const second = slotOf('/a', temporary, 1);
  expect(second).not.toBe(slotOf('/a', temporary));
  await take(second, ownerName('/a', 1));
  expect(slotOf('/a', temporary, 1)).toBe(second);
  expect(slotOf('/a', temporary)).not.toBe(second);
});

it('a number whose folder belongs to another checkout is passed over, and so is one without an owner', async () => {
  const wanted = slotOf('/a', temporary);
  await take(wanted, '/b');
  await mkdir(slotFolder(temporary, (wanted + 1) % SLOTS));
  expect(slotOf('/a', temporary)).toBe((wanted + 2) % SLOTS);
});

it('its own cluster wins over a free number, wherever it is', async () => {
  const far = (slotOf('/a', temporary) + 50) % SLOTS;
  await take(far, '/a');
  expect(slotOf('/a', temporary)).toBe(far);
});
