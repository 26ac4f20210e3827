import { CASES } from '../guard/cases/cases';
import { TestCluster, facts } from './support/cluster';
import { GuardedCluster, expected } from './support/guard-cases';

const cluster = new TestCluster(facts());
const guarded = new GuardedCluster(cluster);
const tried = CASES.filter(({ server }) => server !== 'not asked');

beforeAll(() => guarded.play(tried));
afterAll(() => cluster.clean());

// All are applied beforehand, many at a time.
describe.each(tried.map((one) => [one.name, one] as const))('%s', (_, one) => {
  test(`is ${one.server}`, () => {
    const { status, stderr } = guarded.answerTo(one);
    expect(stderr).toMatch(one.server === 'refused' ? (one.message ?? /./) : /^(Warning: .*\n?)*$/);
    expect(status).toBe(one.server === 'refused' ? 1 : 0);
  });

  if (one.claims ?? one.volumes) {
    test('its claims and volumes are what is said of them', () => {
      expect(guarded.fatesOf(one)).toEqual(expected(one));
    });
  }
});
