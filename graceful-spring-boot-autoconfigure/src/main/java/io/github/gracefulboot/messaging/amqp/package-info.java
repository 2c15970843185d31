/**
 * Waits for RabbitMQ at start.
 */
@NullMarked
package io.github.gracefulboot.messaging.amqp;

import org.jspecify.annotations.NullMarked;
