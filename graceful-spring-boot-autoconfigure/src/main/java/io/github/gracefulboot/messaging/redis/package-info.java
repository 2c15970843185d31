/**
 * Waits for Redis during the start, and stops the listeners of Spring Data Redis during
 * the drain. Internal, and subject to change.
 */
@NullMarked
package io.github.gracefulboot.messaging.redis;

import org.jspecify.annotations.NullMarked;
