package io.github.gracefulboot.test;

import java.time.Duration;
import java.time.Instant;

/**
 * A stage of a shutdown, as the application reports it.
 *
 * @param stage {@code announce}, {@code lame-duck}, {@code drain}, {@code release} or
 * {@code exit}
 * @param startedAt when it began
 * @param took how long it took
 * @param because why it ended, in words
 */
public record StageTime(String stage, Instant startedAt, Duration took, String because) {

}
