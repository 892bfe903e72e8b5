/** Each with what the kubelet's own code (1.37, Go 1.26) makes of it. */

import { describe, expect, it } from 'vitest';
import { requestTarget } from './request-target.ts';

/** As bytes, of which each is a character. */
const bytes = (text: string): string => Buffer.from(text).toString('latin1');

describe('a probe’s path', () => {
  it.each([
    ...['/', '/ready?a=b', '/a//b/%2e?x=1', '/a/../b', '/a?', '/a??b', '/a!(b)', '/[x]', '/%e9', '///x'],
    // The query is left alone, whatever stands in it.
    ...['/a?b c', '/x?"<>|^{}\\`', '/x?%zz', '/x?a://b'],
  ])('%j goes out as it is', (path) => {
    expect(requestTarget(path)).toBe(path);
  });

  it.each([
    ['', '/'],
    ['healthz', '/healthz'],
    ['/a b', '/a%20b'],
    ['/"<>|^{}\\`', '/%22%3C%3E%7C%5E%7B%7D%5C%60'],
    ['/é?é', bytes('/%C3%A9?é')],
    ['*', '/*'],
    ['/a\nb', '/a%0Ab'],
    ['/a?b#c d', '/a?b'],
    ['/a#b?c', '/a'],
  ])('%j goes out as %j', (path, sent) => {
    expect(requestTarget(path)).toBe(sent);
  });

  it.each([
    ['/a%2fb"', '/a/b%22'],
    ['/a!b"', '/a%21b%22'],
  ])('%j, with one character that must be escaped, is escaped anew as a whole: %j', (path, sent) => {
    expect(requestTarget(path)).toBe(sent);
  });

  it.each([
    ['/%zz?a=b', '/%25zz%3Fa=b'],
    ['/a#%zz', '/a%23%25zz'],
    ['/a?b\nc', '/a%3Fb%0Ac'],
    [':x', '/:x'],
    ['a/b:c', '/a/b:c'],
    ['//ho st/x', '//ho%20st/x'],
    ['//[::1/x', '//%5B::1/x'],
    ['//host:a/x', '//host:a/x'],
    ['http://a:1:2/x', '/http://a:1:2/x'],
  ])('%j, which is no URL, is a path as a whole: %j', (path, sent) => {
    expect(requestTarget(path)).toBe(sent);
  });

  it.each([
    ['//host/x', '/x'],
    ['//host', '/'],
    ['//host?x', '/?x'],
    ['//user:pw@host:80/x', '/x'],
    ['//[fe80::1%25eth0]:80/x', '/x'],
    ['http://host/x', '/x'],
    ['health:/x', '/x'],
    ['a:', '/'],
  ])('%j is asked of the pod itself: %j', (path, sent) => {
    expect(requestTarget(path)).toBe(sent);
  });

  it('with a scheme and nothing to put the pod’s address in: no request', () => {
    expect(requestTarget('health:check')).toBeUndefined();
  });
});
