/**
 * Waits for JMS brokers at start, and stops the listeners of Spring JMS in the drain.
 */
@NullMarked
package io.github.gracefulboot.messaging.jms;

import org.jspecify.annotations.NullMarked;
