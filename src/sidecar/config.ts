/** The shapes and the spelling of an Envoy configuration (v3, as JSON). */

export type ConfigValue = string | number | boolean | readonly ConfigValue[] | ConfigObject;

export interface ConfigObject {
  readonly [field: string]: ConfigValue;
}

/** An IP address and a TCP port. */
export interface SocketAddress {
  readonly address: string;
  readonly port: number;
}

const TYPE_PREFIX = 'type.googleapis.com/envoy.';

/** An Envoy message whose type does not follow from its place in the configuration, such as a filter's settings. */
export function typed(type: string, fields: ConfigObject): ConfigObject {
  return { '@type': `${TYPE_PREFIX}${type}`, ...fields };
}

/** A named extension: filters, access loggers, resource monitors. `type` is without its `envoy.` prefix. */
export function extension(name: string, type: string, fields: ConfigObject): ConfigObject {
  return { name, typed_config: typed(type, fields) };
}

export function socketAddress({ address, port }: SocketAddress): ConfigObject {
  // A listener on every IPv6 address also takes IPv4, as Kubernetes gives a pod one or the other or both.
  const compat: ConfigObject = address === '::' ? { ipv4_compat: true } : {};
  return { socket_address: { address, port_value: port, ...compat } };
}

/** Whole or broken seconds as protobuf writes a duration in JSON. */
export function seconds(value: number): string {
  return `${value}s`;
}

/** The file's text. JSON is YAML too, so Envoy reads it under either ending. */
export function renderConfig(config: ConfigObject): string {
  return `${JSON.stringify(config, null, 2)}\n`;
}
