/**
 * Waits for Kafka at start, and stops the listeners of Spring for Apache Kafka in the
 * drain.
 */
@NullMarked
package io.github.gracefulboot.messaging.kafka;

import org.jspecify.annotations.NullMarked;
