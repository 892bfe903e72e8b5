import { describe, expect, it } from 'vitest';
import { readManifests } from './manifests.ts';

const findings = (answers: object): readonly string[] =>
  readManifests(
    'test.yaml',
    `apiVersion: portcullis.dev/v1alpha1
kind: ApiBinding
metadata: {name: a, namespace: shop}
spec: {podSelector: {matchLabels: {app: a}}, sources: [{name: s}], answers: ${JSON.stringify(answers)}}`,
  ).findings.map(({ message }) => message);

const login = (url: string, host = 'shop.example') => findings({ login: { url, hosts: [host] } });

describe('the URL of a login page', () => {
  it.each([
    'https://login.example/start?rd={url}',
    'https://login.example:8443/start?rd={url}&app=shop',
    'https://login.example?rd={url}',
    'https://login.example/#rd={url}',
    'https://login.example/start/{url}',
    'https://[2001:db8::1]/start?rd={url}',
    'http://localhost:3000/start?rd={url}',
    'http://127.0.0.1/start?rd={url}',
    'http://[::1]:3000/start?rd={url}',
  ])('may be %s', (url) => {
    expect(login(url)).toEqual([]);
  });

  it.each([
    'http://login.example/start?rd={url}',
    'http://localhost.example/start?rd={url}',
    'https://login.example/start',
    'https://login.example/start?rd={url}&again={url}',
    'https://login.example/start?rd={URL}',
    'https://login.example/start?rd={{url}}',
    'https://login.example/{path}?rd={url}',
    'https://{url}',
    'https://{url}/start',
    'https://login.example{url}',
    'https://login.example:{url}/',
    'https://joe@login.example/?rd={url}',
    'https://login.example\\@evil.example/?rd={url}',
    'https://Login.example/?rd={url}',
    '//login.example/?rd={url}',
    '/start?rd={url}',
    'javascript:alert({url})',
    'data:text/html,{url}',
    'https://login.example/a b?rd={url}',
    'https://login.example/?rd={url}\r\nset-cookie: a=b',
    'https://login.example/?rd={url}\n',
    'https://login.example/ä?rd={url}',
    'https://login.example/%zz?rd={url}',
    `https://login.example/${'a'.repeat(1020)}?rd={url}`,
  ])('is never %j', (url) => {
    expect(login(url)).not.toEqual([]);
  });
});

describe('a host to come back to', () => {
  it.each(['shop.example', 'shop.example:8443', 'localhost:8080', 'Shop.Example', 'a_b', '[::1]:80'])(
    'may be %s',
    (host) => {
      expect(login('https://login.example/?rd={url}', host)).toEqual([]);
    },
  );

  it.each([
    '*',
    '*.shop.example',
    'https://shop.example',
    'shop.example/',
    'shop.example:0',
    'shop.example:',
    'joe@shop.example',
    'shop.example.',
    'shop..example',
    'shop.example evil.example',
    'shop.example\\',
    'süd.example',
    '',
  ])('is never %j', (host) => {
    expect(login('https://login.example/?rd={url}', host)).not.toEqual([]);
  });
});

describe('the media type of a body', () => {
  const typed = (contentType: string) => findings({ denied: [{ statuses: [401], contentType, body: 'x' }] });

  it.each([
    'application/json',
    'application/problem+json',
    'application/vnd.api+json',
    'text/html',
    'text/plain',
  ])('may be %s', (contentType) => {
    expect(typed(contentType)).toEqual([]);
  });

  it.each([
    'text/html; charset=utf-16',
    'text/javascript',
    'image/svg+xml',
    'application/xml',
    'application/jsonp',
    'application/x-json',
    'Text/HTML',
    'text/html\r\nset-cookie: a=b',
    'text/plain\n',
    'application/a b+json',
    'application/+json',
    '',
  ])('is never %j', (contentType) => {
    expect(typed(contentType)).not.toEqual([]);
  });
});
