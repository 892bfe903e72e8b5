import { expect, it } from 'vitest';
import { fitsName, takesCall } from './mcp-match.ts';

const call = (method: string, name?: string) => ({ method, name });

it.each([
  ['any request of any method', { methods: [], names: [] }, call('ping')],
  ['a method', { methods: ['tools/list', 'tools/call'], names: [] }, call('tools/call', 'a')],
  ['a name of any method', { methods: [], names: ['a'] }, call('prompts/get', 'a')],
  ['both', { methods: ['tools/call'], names: ['b', 'a'] }, call('tools/call', 'a')],
  ['an empty name', { methods: [], names: ['*'] }, call('tools/call', '')],
])('takes %s', (_, match, called) => {
  expect(takesCall(match, called)).toBe(true);
});

it.each([
  ['another method', { methods: ['tools/call'], names: [] }, call('tools/list')],
  ['a method in another case', { methods: ['tools/call'], names: [] }, call('Tools/Call', 'a')],
  ['another name', { methods: ['tools/call'], names: ['a'] }, call('tools/call', 'b')],
  ['a name of another method', { methods: ['tools/call'], names: ['a'] }, call('prompts/get', 'a')],
  ['no name', { methods: [], names: ['*'] }, call('tools/list')],
])('does not take %s', (_, match, called) => {
  expect(takesCall(match, called)).toBe(false);
});

it.each([
  ['admin_*', 'admin_', true],
  ['admin_*', 'admin_delete', true],
  ['admin_*', 'admin', false],
  ['admin_*', 'x_admin_', false],
  ['*', 'anything', true],
  ['delete', 'delete', true],
  ['delete', 'Delete', false],
  ['delete', 'delete_file', false],
  ['file:///a.txt', 'file:///axtxt', false],
])('%s fits %s: %s', (pattern, name, fits) => {
  expect(fitsName(pattern, name)).toBe(fits);
});
