import { unprotectedDataPath } from '../../lib/workload/image-data';

const OLD = '/var/lib/postgresql/data';
const NEW = '/var/lib/postgresql';

/*
 * A container runtime puts a fresh folder of the node at every VOLUME of the image that is not mounted itself. So a mount above a
 * VOLUME is hidden by it, and the database forgets everything with its container, without any error.
 */
describe('the data of a well-known image', () => {
  test.each([
    ['postgres:17.11', {}, [OLD]],
    ['postgres:17.11', { PGDATA: `${OLD}/pgdata` }, [OLD]],
    ['postgres:17.11', { PGDATA: `${OLD}/pgdata` }, [`${OLD}/`]],
    ['postgres:17.11', { PGDATA: '/data/pgdata' }, ['/data']],
    ['localhost:5000/mirror/postgres:17.11-bookworm@sha256:ab', {}, ['/tmp', OLD]],
    ['postgres:18.6', {}, [NEW]],
    ['postgres:18.6', {}, [`${NEW}/18`]],
    ['postgres:19.1', {}, [NEW]],
    ['mongo:5.0.33', {}, ['/data/db']],
    ['mariadb:11.8.8', {}, ['/var/lib/mysql']],
    ['hashicorp/consul:2.0.4', {}, ['/consul/data']],
    ['wordpress:7.1.0-php8.3-apache', {}, ['/var/www/html']],
  ])('of %s with %j is safe in %j', (image, env, mounts) => {
    expect(unprotectedDataPath(image, env, mounts)).toBeUndefined();
  });

  test.each([
    // The documents' classic: for 17 the VOLUME lies below, and hides the claim.
    ['postgres:17.11', {}, [NEW], OLD],
    ['postgres:17.11', { PGDATA: `${OLD}/pgdata` }, [NEW], `${OLD}/pgdata`],
    ['postgres:17.11', {}, ['/var/lib/postgres/data'], OLD],
    ['postgres:17.11', {}, [`${OLD}base`], OLD],
    ['postgres:17.11', {}, [], OLD],
    ['postgres:17.11', { PGDATA: '/data' }, [OLD], '/data'],
    // 18 moved its data: what is right for 17 misses them.
    ['postgres:18.6', {}, [OLD], `${NEW}/18/docker`],
    ['postgres:18.6', {}, [`${NEW}/17`], `${NEW}/18/docker`],
    ['mongo:5.0.33', {}, ['/data'], '/data/db'],
    ['mongo:5.0.33', {}, ['/data/configdb'], '/data/db'],
    ['mariadb:11.8.8', {}, ['/var/lib'], '/var/lib/mysql'],
    ['hashicorp/consul:2.0.4', {}, ['/consul'], '/consul/data'],
    ['wordpress:7.1.0-php8.3-apache', {}, ['/var/www'], '/var/www/html'],
  ])('of %s with %j is lost in %j', (image, env, mounts, lost) => {
    expect(unprotectedDataPath(image, env, mounts)).toBe(lost);
  });

  test.each(['ubuntu:24.04', 'postgres@sha256:ab', 'postgres:bookworm', 'my-postgres:17', 'constructor:1'])(
    'of %s is not known, and nothing is claimed of it',
    (image) => {
      expect(unprotectedDataPath(image, {}, [])).toBeUndefined();
    },
  );
});
