package io.github.gracefulboot.test;

import java.time.Instant;

/**
 * A process that stopped, and the next one in its place.
 *
 * @param stop how the first one stopped
 * @param readyAt when the next one was ready
 */
record Restart(StopResult stop, Instant readyAt) {

}
