/** Names what was asked for, for people: `POST mcp.example/mcp tools/call "delete_file"`. */

export interface ShownRequest {
  readonly method: string;
  /** Absent where one API alone is told of. */
  readonly host?: string;
  readonly path: string;
  /** What is asked of an MCP server; older validators tell nothing of it. */
  readonly mcpMethod?: string | null | undefined;
  readonly mcpName?: string | null | undefined;
}

export function whatIsAsked({ method, host = '', path, mcpMethod, mcpName }: ShownRequest): string {
  const name = mcpName ?? undefined;
  const parts = [`${method} ${host}${path}`, mcpMethod ?? '', name === undefined ? '' : JSON.stringify(name)];
  return parts.filter((part) => part !== '').join(' ');
}
