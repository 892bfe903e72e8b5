// Before `helm uninstall`: fails while there are pods with sidecars, which nobody would look after any more.
import { readFileSync } from 'node:fs';

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
const { KUBERNETES_SERVICE_HOST: host = '', KUBERNETES_SERVICE_PORT: port = '443' } = process.env;
const { API = `https://${host.includes(':') ? `[${host}]` : host}:${port}`, NAMESPACES = '' } = process.env;
const { TOKEN = `${ACCOUNT}/token` } = process.env;
const SELECTOR = 'portcullis.dev/injected';
const PAGE = '500';

/** Adds up, by namespace, the pods with sidecars below a path of the API. */
async function count(path, guarded) {
  let next = '';
  do {
    const query = new URLSearchParams({ labelSelector: SELECTOR, limit: PAGE, continue: next });
    const response = await fetch(`${API}${path}?${query}`, {
      headers: { authorization: `Bearer ${readFileSync(TOKEN, 'utf8').trim()}` },
    });
    if (response.status !== 200) throw new Error(`the API server answered ${response.status} to ${path}`);
    const { items, metadata } = await response.json();
    for (const { metadata: pod, status } of items) {
      const isOver = pod.deletionTimestamp !== undefined || ['Succeeded', 'Failed'].includes(status.phase);
      if (!isOver) guarded.set(pod.namespace, (guarded.get(pod.namespace) ?? 0) + 1);
    }
    next = metadata.continue ?? '';
  } while (next !== '');
}

const guarded = new Map();
const paths =
  NAMESPACES === ''
    ? ['/api/v1/pods']
    : NAMESPACES.split(',').map((name) => `/api/v1/namespaces/${name}/pods`);
try {
  for (const path of paths) await count(path, guarded);
  if (guarded.size > 0) {
    const places = [...guarded].sort().map(([namespace, pods]) => `${namespace} (${pods})`);
    const total = [...guarded.values()].reduce((sum, pods) => sum + pods);
    console.log(
      `STOPPED: ${total} pod${total === 1 ? ' has' : 's have'} sidecars of Portcullis, in ${places.join(', ')}. Without the control plane they decide by their last policy for a day and then answer 503, and every new pod starts open. Roll the apps out without sidecars first (docs/uninstall.md), or say that it is meant: helm uninstall --no-hooks, or uninstall.whileGuarded=Allow in the values.`,
    );
    process.exitCode = 1;
  }
} catch (error) {
  console.log(
    `STOPPED: the pods with sidecars could not be counted: ${error.message}${error.cause ? ` (${error.cause.message})` : ''}. Look for them yourself (kubectl get pods -A -l ${SELECTOR}), then uninstall with --no-hooks.`,
  );
  process.exitCode = 1;
}
