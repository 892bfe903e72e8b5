import { EventEmitter } from 'node:events';
import type { Request, Response } from 'express';
import { expect, it } from 'vitest';
import { boundedBytes } from './in-flight.ts';

it('turns away what is past the bytes of all, and takes it again when others have ended', () => {
  const handler = boundedBytes(10, 8);
  const ask = (length?: string) => {
    const response = Object.assign(new EventEmitter(), {
      code: 200,
      set: () => response,
      status: (code: number) => Object.assign(response, { code }),
      type: () => response,
      send: () => response,
    });
    const request = { headers: { ...(length !== undefined && { 'content-length': length }) } };
    handler(request as Request, response as unknown as Response, () => {});
    return response;
  };
  const first = ask('6');
  expect([first.code, ask('5').code, ask('4').code, ask('1').code]).toEqual([200, 503, 200, 503]);
  first.emit('close');
  expect([ask().code, ask('x').code]).toEqual([503, 503]);
  expect(ask('6').code).toBe(200);
});
