/** The console: what a validator tells, or those of a cluster, for people in a browser. */

import { render } from 'preact';
import { App } from './app.tsx';
import { createClusterData } from './cluster-data.ts';
import { createValidatorData } from './validator-data.ts';

const place = document.getElementById('console');
const isOfCluster = document.documentElement.dataset.scope === 'cluster';
const data = isOfCluster ? createClusterData() : createValidatorData();
if (place !== null) render(<App data={data} />, place);
