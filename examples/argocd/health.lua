-- Health of an AuthenticationSource or an ApiBinding, for Argo CD. The same rules as kstatus, which Flux and Helm use:
-- Degraded is only what does not get better by itself, so that objects may be applied in any order.
local status = obj.status or {}
if status.observedGeneration ~= obj.metadata.generation then
  return {status = "Progressing", message = "Waiting for the control plane"}
end
local ready, stalled
for _, condition in ipairs(status.conditions or {}) do
  if condition.type == "Ready" then ready = condition end
  if condition.type == "Stalled" and condition.status == "True" then stalled = condition end
end
if stalled ~= nil then
  return {status = "Degraded", message = stalled.message}
end
if ready ~= nil and ready.status == "True" then
  return {status = "Healthy", message = ready.message}
end
return {status = "Progressing", message = ready and ready.message or "Waiting for the control plane"}
