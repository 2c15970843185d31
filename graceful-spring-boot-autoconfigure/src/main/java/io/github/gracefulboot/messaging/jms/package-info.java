/**
 * Waits for JMS brokers during the start, and stops the listeners of Spring JMS during
 * the drain. Internal, and subject to change.
 */
@NullMarked
package io.github.gracefulboot.messaging.jms;

import org.jspecify.annotations.NullMarked;
