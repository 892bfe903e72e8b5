// Istio: a real istiod configures a real Envoy, which asks over gRPC or over HTTP.

import { istio } from './istio/gateway.ts';
import { describeGateway } from './suite.ts';

describeGateway(istio('grpc'));
describeGateway(istio('http'));
