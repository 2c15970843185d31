/**
 * Waits for RabbitMQ during the start, and stops the listeners of Spring AMQP during the
 * drain. Internal, and subject to change.
 */
@NullMarked
package io.github.gracefulboot.messaging.amqp;

import org.jspecify.annotations.NullMarked;
