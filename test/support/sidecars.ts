/** The sidecars of an injected pod whose port 8080 is led to its Envoy, as far as the commands look at them. */

export const SIDECARS = {
  initContainers: [
    { name: 'portcullis-capture', image: 'portcullis', args: ['capture', '8080=15906'] },
    {
      name: 'portcullis-validator',
      image: 'portcullis',
      restartPolicy: 'Always',
      env: [
        {
          name: 'PORTCULLIS_ENVOY_SETTINGS',
          value: JSON.stringify({ listeners: [{ port: 8080, listener: 15_906, protocol: 'HTTP' }] }),
        },
      ],
    },
    { name: 'portcullis-envoy', image: 'envoy', restartPolicy: 'Always' },
  ],
};
