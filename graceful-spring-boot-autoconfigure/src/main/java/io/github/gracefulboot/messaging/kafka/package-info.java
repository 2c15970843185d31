/**
 * Waits for Kafka during the start, and stops the listeners of Spring for Apache Kafka
 * during the drain. Internal, and subject to change.
 */
@NullMarked
package io.github.gracefulboot.messaging.kafka;

import org.jspecify.annotations.NullMarked;
