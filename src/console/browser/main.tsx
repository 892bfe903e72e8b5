/** The console: what a validator tells, for people in a browser. */

import { render } from 'preact';
import { App } from './app.tsx';
import { validatorData } from './data.ts';

const place = document.getElementById('console');
if (place !== null) render(<App data={validatorData} />, place);
