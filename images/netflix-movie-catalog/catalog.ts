import { createServer } from 'node:http';
import type { Server } from 'node:http';

/** What the catalog needs of its database. */
export interface Movies {
  all(): Promise<unknown[]>;
  ping(): Promise<void>;
}

/** GET /movies: the movies as JSON. GET /healthz: whether the database answers. */
export function catalog(movies: Movies): Server {
  const routes = new Map<string, () => Promise<unknown>>([
    ['/movies', () => movies.all()],
    ['/healthz', () => movies.ping().then(() => ({ status: 'ok' }))],
  ]);
  return createServer((request, response) => {
    const answer = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    const route = routes.get(request.url?.split('?')[0] ?? '');
    if (request.method !== 'GET' || !route) {
      answer(404, { error: 'GET /movies or GET /healthz' });
      return;
    }
    route().then(
      (body) => {
        answer(200, body);
      },
      (error: unknown) => {
        // The log has the reason; a client gets no addresses and no credentials.
        console.error(error);
        answer(503, { error: 'the database does not answer' });
      },
    );
  });
}
