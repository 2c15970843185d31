package io.github.gracefulboot.test.load;

import java.time.Duration;
import java.time.Instant;

/**
 * A request that was answered as it should.
 *
 * @param at when
 * @param number of the request
 * @param request what it was
 * @param latency how long it took from the time at which it was due
 */
public record Success(Instant at, long number, RequestKind request, Duration latency) {

}
