"""The official client for Python: asks what it is told to as JSON, and says what came of it."""

import asyncio
import json
import sys

import httpx2
from mcp import Client, MCPError
from mcp.client.auth.extensions.client_credentials import ClientCredentialsOAuthProvider
from mcp.client.streamable_http import streamable_http_client

told = json.loads(sys.argv[1])
statuses = []


class Led(httpx2.AsyncHTTPTransport):
    """As a name server and a load balancer would lead it, who take TLS off."""

    def __init__(self, port):
        super().__init__()
        self.port = port

    async def handle_async_request(self, request):
        is_ours = request.url.host.endswith(".example")
        if is_ours:
            request.url = request.url.copy_with(scheme="http", host="127.0.0.1", port=self.port)
        response = await super().handle_async_request(request)
        if is_ours:
            statuses.append(response.status_code)
        return response


class Storage:
    def __init__(self):
        self.tokens = None

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens):
        self.tokens = tokens

    async def get_client_info(self):
        return None

    async def set_client_info(self, info):
        pass


def cause(error):
    return cause(error.exceptions[0]) if isinstance(error, BaseExceptionGroup) else error


async def ask(port, url, mode, calls):
    statuses.clear()
    said = []
    auth = ClientCredentialsOAuthProvider(
        server_url=url,
        storage=Storage(),
        client_id=told["id"],
        client_secret=told["secret"],
        issuer=told["issuer"],
    )
    transport = streamable_http_client(url, http_client=httpx2.AsyncClient(transport=Led(port), auth=auth))
    try:
        async with Client(transport, mode=mode) as client:
            for name, arguments in calls:
                result = await client.call_tool(name, arguments)
                said += [part.text for part in result.content]
    except (MCPError, BaseExceptionGroup) as raised:
        error = cause(raised).error
        return {"said": said, "statuses": statuses[:], "error": {"code": error.code, "data": error.data}}
    return {"said": said, "statuses": statuses[:]}


async def main():
    print(json.dumps([await ask(*one) for one in told["asked"]]))


asyncio.run(main())
