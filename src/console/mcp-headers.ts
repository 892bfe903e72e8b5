/** The headers by which a decision about an MCP server was made, a line each, to be asked again. */

interface ToldCall {
  readonly mcpVersion: string | null | undefined;
  readonly mcpMethod: string | null | undefined;
  readonly mcpName: string | null | undefined;
}

/** '' where it was no request of MCP. */
export function mcpHeaderLines({ mcpVersion, mcpMethod, mcpName }: ToldCall): string {
  const lines: readonly (readonly [string, string | null | undefined])[] = [
    ['mcp-protocol-version', mcpVersion],
    ['mcp-method', mcpMethod],
    ['mcp-name', mcpName === null || mcpName === undefined ? mcpName : encodedName(mcpName)],
  ];
  return lines
    .flatMap(([name, value]) => (value === null || value === undefined ? [] : [`${name}: ${value}`]))
    .join('\n');
}

/** What means itself in a header: nothing that a proxy may take for two, or a server for encoded. */
const PLAIN = /^(?!=\?)[!-+\--~](?:[ -+\--~]*[!-+\--~])?$/;

function encodedName(name: string): string {
  if (PLAIN.test(name)) return name;
  const bytes = new TextEncoder().encode(name);
  return `=?base64?${btoa(String.fromCharCode(...bytes))}?=`;
}
