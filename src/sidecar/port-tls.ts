/** TLS at a guarded port: how Envoy shows itself to callers, and how it calls an app that speaks TLS. */

import { type ConfigObject, extension, typed } from './config.ts';

/** What a binding says of a port, as the validator gets it. */
export interface PortTls {
  /** The Secret of the certificate that callers are shown; absent = they speak plain HTTP. */
  readonly secretName?: string;
  /** Where the authorities are that the app's certificate is checked by; absent = any certificate will do. */
  readonly ca?: { readonly configMap: string; readonly key: string };
  /** The name that the app is asked for, and that with `ca` its certificate must be for. */
  readonly serverName?: string;
}

/** Where Envoy has the files of one port. */
export interface PortTlsFiles {
  /** The mounted volume: what is in it is replaced as a whole. */
  readonly mount: string;
  /** Envoy's own, which say where the mounted ones are; in a folder that it can read. */
  readonly beside: string;
}

export const CERTIFICATE_KEY = 'tls.crt';
export const PRIVATE_KEY = 'tls.key';
export const AUTHORITIES_KEY = 'ca.crt';

/** In the mounted volume: each port has a folder. */
export const portFile = (port: number, key: string): string => `${port}/${key}`;

const TLS = 'extensions.transport_sockets.tls.v3';
const SOCKET = 'envoy.transport_sockets.tls';
const VERSIONS: ConfigObject = {
  tls_minimum_protocol_version: 'TLSv1_2',
  tls_maximum_protocol_version: 'TLSv1_3',
};

const certificate = (port: number): string => `certificate_${port}`;
const authorities = (port: number): string => `authorities_${port}`;

const fileOf = ({ beside }: PortTlsFiles, secret: string): string => `${beside}/${secret}.json`;

const followed = (files: PortTlsFiles, secret: string): ConfigObject => ({
  name: secret,
  sds_config: { path_config_source: { path: fileOf(files, secret) }, resource_api_version: 'V3' },
});

/** For a filter chain. Without a certificate that can be read, Envoy accepts no connection. */
export function callersTls(port: number, files: PortTlsFiles): ConfigObject {
  return extension(SOCKET, `${TLS}.DownstreamTlsContext`, {
    common_tls_context: {
      tls_params: VERSIONS,
      alpn_protocols: ['h2', 'http/1.1'],
      tls_certificate_sds_secret_configs: [followed(files, certificate(port))],
    },
  });
}

/** For a cluster, whose protocols decide what is offered by ALPN. */
export function appTls(
  port: number,
  { ca, serverName }: PortTls,
  files: PortTlsFiles | undefined,
): ConfigObject {
  return extension(SOCKET, `${TLS}.UpstreamTlsContext`, {
    ...(serverName !== undefined && { sni: serverName }),
    common_tls_context: {
      tls_params: VERSIONS,
      ...(ca !== undefined && files !== undefined && checkedBy(port, serverName, files)),
    },
  });
}

function checkedBy(port: number, serverName: string | undefined, files: PortTlsFiles): ConfigObject {
  const trusted = followed(files, authorities(port));
  if (serverName === undefined) return { validation_context_sds_secret_config: trusted };
  return {
    combined_validation_context: {
      default_validation_context: {
        match_typed_subject_alt_names: [{ san_type: 'DNS', matcher: { exact: serverName } }],
      },
      validation_context_sds_secret_config: trusted,
    },
  };
}

/** What is to be written for Envoy before it starts, by path. It follows the mounted files: certificates have an end. */
export function secretFiles(
  port: number,
  { secretName, ca }: PortTls,
  files: PortTlsFiles,
): readonly (readonly [path: string, content: ConfigObject])[] {
  const watched: ConfigObject = { watched_directory: { path: files.mount } };
  const file = (key: string): ConfigObject => ({ filename: `${files.mount}/${portFile(port, key)}` });
  const chain: ConfigObject = {
    tls_certificate: { certificate_chain: file(CERTIFICATE_KEY), private_key: file(PRIVATE_KEY), ...watched },
  };
  const trusted: ConfigObject = { validation_context: { trusted_ca: file(AUTHORITIES_KEY), ...watched } };
  return [
    ...(secretName === undefined ? [] : [[certificate(port), chain] as const]),
    ...(ca === undefined ? [] : [[authorities(port), trusted] as const]),
  ].map(([name, content]) => [
    fileOf(files, name),
    { resources: [{ ...typed(`${TLS}.Secret`, { name }), ...content }] },
  ]);
}
