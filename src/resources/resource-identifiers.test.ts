import { describe, expect, it } from 'vitest';
import { readManifests } from './manifests.ts';

const findings = (identifier: string): readonly string[] =>
  readManifests(
    'test.yaml',
    `apiVersion: portcullis.dev/v1alpha1
kind: ApiBinding
metadata: {name: a, namespace: shop}
spec: {podSelector: {matchLabels: {app: a}}, sources: [{name: s}], resource: {identifier: ${JSON.stringify(identifier)}}}`,
  ).findings.map(({ message }) => message);

describe('the identifier of a resource', () => {
  it.each([
    'https://mcp.example.com',
    'https://mcp.example.com/',
    'https://mcp.example.com:8443/a/b',
    'https://mcp.example.com/MCP',
    'https://mcp.example.com/a/',
    'https://mcp.example.com/a=b;c@d:e,f',
    "https://mcp.example.com/it's(~)",
    'https://mcp.example.com/a%20b%C3%A4',
    'https://mcp.example.com/.a/...b/c.',
    'https://[2001:db8::1]:8443/mcp',
    'http://localhost:8080/mcp',
    'http://127.0.0.1/mcp',
    'http://[::1]:3000',
  ])('may be %s', (identifier) => {
    expect(findings(identifier)).toEqual([]);
  });

  it.each([
    'http://mcp.example.com/mcp',
    'http://localhost.example.com/mcp',
    'http://127.0.0.1.example.com/',
    'HTTPS://mcp.example.com/mcp',
    'https://MCP.example.com/mcp',
    'https://joe@mcp.example.com/mcp',
    'https://joe:secret@mcp.example.com',
    'https:///mcp',
    'https://mcp.example.com:443/mcp',
    'http://127.0.0.1:80',
    'https://mcp.example.com:0/mcp',
    'https://mcp.example.com:08443/mcp',
    'https://mcp.example.com:/mcp',
    'https://mcp.example.com/mcp?a=b',
    'https://mcp.example.com?a=b',
    'https://mcp.example.com/mcp#a',
    'https://mcp.example.com\\mcp',
    'https://mcp.example.com/a b',
    'https://mcp.example.com/ä',
    'https://mcp.example.com/"a',
    'https://mcp.example.com/%',
    'https://mcp.example.com/%c3%a4',
    'https://mcp.example.com/%6Dcp',
    'https://mcp.example.com/%7E',
    'https://mcp.example.com/%2E%2E/a',
    'https://mcp.example.com/a%2Fb',
    'https://mcp.example.com/a%5Cb',
    'https://mcp.example.com/a%00',
    'https://mcp.example.com//a',
    'https://mcp.example.com/a//b',
    'https://mcp.example.com/a//',
    'https://mcp.example.com/./a',
    'https://mcp.example.com/a/../b',
    'https://mcp.example.com/a/..',
    'https://mcp.example.com/.',
    'https://mcp.example.com/a\nb',
    'urn:example:mcp',
    `https://mcp.example.com/${'a'.repeat(500)}`,
  ])('is never %s', (identifier) => {
    expect(findings(identifier)).not.toEqual([]);
  });
});
