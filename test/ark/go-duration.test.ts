import { Duration } from 'cdk8s';
import { goDuration, shortDuration } from '../../lib/ark/go-duration';

// Go's time.Duration.String(), in which the servers write their objects back.
test.each([
  [Duration.days(30), '720h0m0s', '720h'],
  [Duration.days(14), '336h0m0s', '336h'],
  [Duration.hours(4), '4h0m0s', '4h'],
  [Duration.minutes(90), '1h30m0s', '1h30m'],
  [Duration.seconds(3601), '1h0m1s', '1h0m1s'],
  [Duration.minutes(20), '20m0s', '20m'],
  [Duration.seconds(90), '1m30s', '1m30s'],
  [Duration.seconds(30), '30s', '30s'],
  [Duration.seconds(10), '10s', '10s'],
  [Duration.seconds(0), '0s', '0s'],
])('%s', (duration, text, short) => {
  expect([goDuration(duration), shortDuration(duration)]).toEqual([text, short]);
});
