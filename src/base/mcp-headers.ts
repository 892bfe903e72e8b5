/** The headers of an MCP request, which say what its body asks for. Rules match them, so every proxy must show them to the validator. */

export const MCP_HEADERS = {
  version: 'mcp-protocol-version',
  method: 'mcp-method',
  name: 'mcp-name',
} as const;
