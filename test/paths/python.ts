/** ASGI and WSGI servers with frameworks in them, from PyPI. */
import path from 'node:path';
import { allFromPyPI } from '../../tools/pypi.ts';
import { Server } from '../support/server.ts';
import { type Family, listening, placeOf } from './server.ts';

const packages = [
  ...['starlette==1.10.0', 'anyio==4.16.0', 'idna==3.20', 'typing_extensions==4.16.0'],
  ...['uvicorn==0.54.0', 'h11==0.16.0', 'click==8.5.1', 'waitress==3.0.2'],
  ...['flask==3.1.3', 'werkzeug==3.1.9', 'jinja2==3.1.6', 'markupsafe==3.0.4', 'itsdangerous==2.2.0'],
  ...['blinker==1.9.0', 'django==5.2.19', 'asgiref==3.13.0', 'sqlparse==0.6.1'],
];
const names = [
  ...['Starlette 1.10 in Uvicorn', 'Django 5.2 in Uvicorn'],
  ...['Flask 3.1 in Waitress', 'Django 5.2 in Waitress'],
];

export const python: Family = {
  names,
  start: async () => {
    const folder = await allFromPyPI(placeOf('python', ...packages), packages);
    const script = path.join(import.meta.dirname, 'python', 'servers.py');
    const server = new Server({
      name: 'the servers from PyPI',
      program: path.join(folder, '../../../bin/python3'),
      args: ['-B', script],
    });
    return listening(server, names);
  },
};
