/** How many headers a message may have. */

/**
 * Of a request, with those that are added to it on its way to the app, and of the app's answer. Envoy's own bound is
 * 100: some callers behind several proxies have more.
 */
export const MAX_ENVOY_HEADERS = 256;
