/**
 * Waits for RabbitMQ at start, and stops the listeners of Spring AMQP in the drain.
 */
@NullMarked
package io.github.gracefulboot.messaging.amqp;

import org.jspecify.annotations.NullMarked;
