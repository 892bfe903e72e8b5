-- Sends each token of the file $TOKENS in turn from number $START on, one request each, over $HOSTS
-- different hosts; prints one line of JSON.
local requests = {}
local next = 0

function init()
  local hosts = tonumber(os.getenv("HOSTS"))
  for token in io.lines(os.getenv("TOKENS")) do
    local host = "h" .. (#requests % hosts) .. ".example"
    requests[#requests + 1] = wrk.format("GET", "/orders", { Host = host, Authorization = "Bearer " .. token })
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
