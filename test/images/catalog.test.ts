import type { AddressInfo } from 'node:net';
import { catalog } from '../../images/netflix-movie-catalog/catalog';
import type { Movies } from '../../images/netflix-movie-catalog/catalog';

/** What the catalog answers, over a real connection. */
async function get(movies: Movies, path: string, method = 'GET'): Promise<{ status: number; body: unknown }> {
  const server = catalog(movies).listen(0, '127.0.0.1');
  try {
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method });
    return { status: response.status, body: await response.json() };
  } finally {
    server.close();
  }
}

const up: Movies = { all: () => Promise.resolve([{ title: 'Metropolis' }]), ping: () => Promise.resolve() };
const down: Movies = {
  all: () => Promise.reject(new Error('mongo-0.mongo-service is gone')),
  ping: () => Promise.reject(new Error('mongo-0.mongo-service is gone')),
};

test('lists the movies of the database', async () => {
  expect(await get(up, '/movies?page=1')).toEqual({ status: 200, body: [{ title: 'Metropolis' }] });
});

test('is healthy while the database answers', async () => {
  expect(await get(up, '/healthz')).toEqual({ status: 200, body: { status: 'ok' } });
});

test.each(['/movies', '/healthz'])('%s says that the database does not answer, and not where it is', async (path) => {
  jest.spyOn(console, 'error').mockImplementation(() => undefined);
  expect(await get(down, path)).toEqual({ status: 503, body: { error: 'the database does not answer' } });
});

test.each([
  ['/', 'GET'],
  ['/movies', 'DELETE'],
])('knows nothing of %s by %s', async (path, method) => {
  expect((await get(up, path, method)).status).toBe(404);
});
