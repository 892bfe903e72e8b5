-- Sends each token of the file $TOKENS in turn from number $START on, one request each, over $HOSTS
-- different hosts; prints one line of JSON. With $TOOL each calls that tool of an MCP server.
local requests = {}
local next = 0

function init()
  local hosts = tonumber(os.getenv("HOSTS"))
  local tool = os.getenv("TOOL")
  for token in io.lines(os.getenv("TOKENS")) do
    local host = "h" .. (#requests % hosts) .. ".example"
    local headers = { Host = host, Authorization = "Bearer " .. token }
    if tool then
      headers["MCP-Protocol-Version"] = "2026-07-28"
      headers["Mcp-Method"] = "tools/call"
      headers["Mcp-Name"] = tool
    end
    requests[#requests + 1] = wrk.format(tool and "POST" or "GET", "/orders", headers)
  end
  next = tonumber(os.getenv("START")) % #requests
end

function request()
  next = next % #requests + 1
  return requests[next]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"requests":%d,"microseconds":%d,"refused":%d,"broken":%d,"p50":%d,"p99":%d}\n',
    summary.requests, summary.duration, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50), latency:percentile(99)))
end
