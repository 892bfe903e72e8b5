// Caddy asks by forward_auth.

import { caddy } from './caddy.ts';
import { describeGateway } from './suite.ts';

describeGateway(caddy);
