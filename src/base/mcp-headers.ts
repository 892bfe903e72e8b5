/** The headers by which a request of MCP says what its body asks for: rules go by them, so whoever judges has to be shown them. */

export const MCP_HEADERS = {
  version: 'mcp-protocol-version',
  method: 'mcp-method',
  name: 'mcp-name',
} as const;
