package io.github.gracefulboot.test.process;

import java.time.Duration;

/**
 * How a process ended.
 *
 * @param code its exit code
 * @param took the time from the signal to the exit
 */
public record Exit(int code, Duration took) {
}
