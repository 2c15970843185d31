/**
 * Waits for Kafka at start.
 */
@NullMarked
package io.github.gracefulboot.messaging.kafka;

import org.jspecify.annotations.NullMarked;
