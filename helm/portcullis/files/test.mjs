// `helm test`: calls the operator's servers as the API server and validators do, by their Services and certificates.
const { WEBHOOK, KEY, POLICY, TRIES = '30' } = process.env;

const source = (expression) => ({
  apiVersion: 'portcullis.dev/v1alpha1',
  kind: 'AuthenticationSource',
  metadata: { namespace: 'default', name: 'helm-test' },
  spec: {
    jwt: {
      issuer: 'https://issuer.example',
      audiences: ['helm-test'],
      expressions: [{ expression, message: 'x' }],
    },
  },
});

async function review(object) {
  const request = {
    uid: 'helm-test',
    kind: { group: 'portcullis.dev', version: 'v1alpha1', kind: object.kind },
    resource: { group: 'portcullis.dev', version: 'v1alpha1', resource: 'authenticationsources' },
    operation: 'CREATE',
    ...object.metadata,
    userInfo: { username: 'helm-test' },
    dryRun: true,
    object,
  };
  const response = await fetch(`${WEBHOOK}/admission/validate/${KEY}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request }),
  });
  if (response.status !== 200) throw new Error(`it answered ${response.status}: ${await response.text()}`);
  return (await response.json()).response;
}

const checks = {
  async 'the webhook lets in a source that is right'() {
    const { allowed, status } = await review(source('true'));
    if (!allowed) throw new Error(`it refused it: ${status?.message}`);
  },
  async 'the webhook refuses a source that is wrong'() {
    const { allowed } = await review(source('claims.'));
    if (allowed) throw new Error('it let it in');
  },
  async 'the webhook has no path without its key'() {
    const { status } = await fetch(`${WEBHOOK}/admission/validate`, { method: 'POST', body: '{}' });
    if (status !== 404) throw new Error(`it answered ${status}, not 404`);
  },
  async 'the leader serves policies, to nobody without a token'() {
    const { status } = await fetch(`${POLICY}/v1/policy`, { headers: { 'portcullis-policy-format': '1' } });
    if (status !== 401) throw new Error(`it answered ${status} where nobody has a token, not 401`);
  },
};

// A Service takes a moment to lead to pods that have just become ready.
async function passes(name, check, tries) {
  try {
    await check();
    console.log(`ok: ${name}`);
    return true;
  } catch (error) {
    if (tries > 1) {
      await new Promise((resolve) => setTimeout(resolve, 1000));
      return passes(name, check, tries - 1);
    }
    console.log(`FAILED: ${name}: ${error.message}${error.cause ? ` (${error.cause.message})` : ''}`);
    return false;
  }
}

for (const [name, check] of Object.entries(checks)) {
  if (!(await passes(name, check, Number(TRIES)))) process.exitCode = 1;
}
