import { expect, it } from 'vitest';
import { parseControlPlaneUrl } from './control-plane-url.ts';

it.each([
  'https://portcullis.portcullis-system.svc',
  'https://portcullis.portcullis-system.svc:8443/',
  'https://10.0.0.1/base',
  'https://[fd00::1]:8443',
  'http://127.0.0.1:8080',
  'http://127.8.0.1',
  'http://[::1]:8080',
])('%s is taken', (text) => {
  expect(parseControlPlaneUrl(text)).toEqual({ kind: 'url', url: new URL(text) });
});

it.each([
  ['', 'must be a URL'],
  ['portcullis.svc', 'must be a URL'],
  ['portcullis.svc:8443', 'must be a URL'],
  ['unix:/run/x', 'must be a URL'],
  ['ftp://x', 'must be a URL'],
  ['https://', 'must be a URL'],
  ['https://user:secret@x', 'must not hold credentials'],
  ['https://user@x', 'must not hold credentials'],
  ['https://x/?a=b', 'neither query nor fragment'],
  ['https://x/#a', 'neither query nor fragment'],
  ['http://portcullis.svc', 'must be https:// for portcullis.svc'],
  ['http://10.0.0.1', 'must be https://'],
  ['http://127.0.0.1.example.com', 'must be https://'],
  ['http://localhost:8080', 'must be https://'],
  ['http://0.0.0.0', 'must be https://'],
])('%j is refused', (text, problem) => {
  const parsed = parseControlPlaneUrl(text);
  expect(parsed).toMatchObject({ kind: 'refused', problem: expect.stringContaining(problem) });
  expect(JSON.stringify(parsed)).not.toContain('secret');
});
