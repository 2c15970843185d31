/**
 * Waits for Redis at start.
 */
@NullMarked
package io.github.gracefulboot.messaging.redis;

import org.jspecify.annotations.NullMarked;
