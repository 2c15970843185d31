/**
 * Waits for Redis at start, and stops the listeners of Spring Data Redis in the drain.
 */
@NullMarked
package io.github.gracefulboot.messaging.redis;

import org.jspecify.annotations.NullMarked;
